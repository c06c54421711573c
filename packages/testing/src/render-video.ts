import { createReadStream } from "node:fs";
import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { RerunError } from "@rerun-ts/core";
import { isUrl, withRerunErrors } from "@rerun-ts/core/checks";
import { checkAborted } from "@rerun-ts/core/util";
import type { ViewerControl } from "@rerun-ts/core/viewer-control";
import { statOf } from "@rerun-ts/node/files";
import { checkFfmpeg, encodeFilm } from "./encode-film.ts";
import { filmTimes } from "./film-times.ts";
import { HeadlessViewer } from "./headless-viewer.ts";
import { recordedFile, type RenderedSource } from "./recorded-file.ts";
import { SIZE, TIMEOUT_MS } from "./render-options.ts";
import { checkFilm, FPS, isGif, type RenderVideoOptions, type RenderVideoProgress } from "./render-video-options.ts";
import { Rendering } from "./rendering.ts";

/**
 * Draws a recording as the native viewer shows it into a film, without a screen: an MP4 file, or a GIF. FFmpeg encodes
 * the film. The file appears when it is complete, so errors and an abort leave none behind.
 *
 * @param source a recording with only in-memory sinks, the path of a `.rrd` file, or its bytes
 * @param path the path of the film, which ends in `.mp4` or `.gif`. An existing file is replaced
 * @returns the number of pictures
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong, `NOT_FOUND` if a file, folder, view or program is
 * missing, `UNSUPPORTED` if FFmpeg cannot encode the film, `VIEWER_FAILED` if the viewer cannot draw, `IO_ERROR` if
 * the film cannot be written, `TIMEOUT`, `ABORTED`
 *
 * @example
 * await renderVideo("drive.rrd", "drive.mp4", { timeline: "frame", from: 0, to: 120, fps: 30 });
 */
export function renderVideo(
  source: RenderedSource,
  path: string | URL,
  options: RenderVideoOptions = {},
): Promise<RenderVideoProgress> {
  return withRerunErrors(async () => {
    checkFilm(path, options);
    const { blueprint, fps = FPS, signal } = options;
    const target = resolve(isUrl(path) ? fileURLToPath(path) : path);
    if (statOf(dirname(target))?.isDirectory() !== true)
      throw new RerunError("NOT_FOUND", `\`path\` must be in a folder that exists, but there is no ${dirname(target)}`);
    const given = options.ffmpegPath ?? "ffmpeg";
    const ffmpeg = isUrl(given) ? fileURLToPath(given) : given;
    await checkFfmpeg(ffmpeg, isGif(path), signal);
    const file = await recordedFile(source, { blueprint, isSeparate: options.panels !== true });
    try {
      const folder = await mkdtemp(join(tmpdir(), "rerun-ts-film-"));
      try {
        const pictures = join(folder, "pictures");
        const drawn = await drawPictures(file.path, pictures, options);
        const film = await encodeFilm({ ffmpeg, folder, pictures, fps, isGif: isGif(path), signal });
        const { writePath } = await import("@rerun-ts/reading/node-files");
        await writePath(target, createReadStream(film));
        return drawn;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    } finally {
      await file.remove();
    }
  });
}

/** Draws the pictures of a film into a file. */
async function drawPictures(
  recording: string,
  pictures: string,
  options: RenderVideoOptions,
): Promise<RenderVideoProgress> {
  const { executablePath, size = SIZE, signal } = options;
  checkAborted(signal, "rendering");
  // A new viewer, so that pictures of other calls do not come between.
  const viewer = await HeadlessViewer.start({ executablePath, size });
  const output = await open(pictures, "w");
  try {
    return await viewer.use((control, ended) => drawInto(output, control, recording, options, ended));
  } finally {
    await output.close();
    await viewer.endWhenIdle();
  }
}

async function drawInto(
  output: FileHandle,
  control: ViewerControl,
  recording: string,
  options: RenderVideoOptions,
  ended: AbortSignal,
): Promise<RenderVideoProgress> {
  const { panels, view, signal, onProgress, timeoutMs = TIMEOUT_MS } = options;
  const limited = async <Result>(run: (limit: AbortSignal) => Promise<Result>): Promise<Result> => {
    const limit = AbortSignal.timeout(Math.ceil(timeoutMs));
    try {
      return await run(AbortSignal.any([limit, ended, ...(signal === undefined ? [] : [signal])]));
    } catch (error) {
      checkAborted(signal, "rendering");
      if (ended.aborted) throw new RerunError("VIEWER_FAILED", "the viewer ended within the film", { cause: error });
      if (!limit.aborted) throw error;
      throw new RerunError("TIMEOUT", `the viewer has not drawn a picture within ${timeoutMs} ms`, { cause: error });
    }
  };
  const state = await limited((limit) => new Rendering(control, { panels }, limit).open(recording));
  const { timeline, count, at } = filmTimes(state, options);
  const progress = (drawn: number): RenderVideoProgress => ({ pictures: drawn, totalPictures: count });
  for (let index = 0; index < count; index++) {
    const time = { timeline, at: at(index) };
    const png = await limited((limit) => new Rendering(control, { view, time }, limit).drawOpen(state));
    await output.writeFile(png);
    onProgress?.(progress(index + 1));
  }
  return progress(count);
}
