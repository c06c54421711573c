import { RerunError } from "@rerun-ts/core";
import { withRerunErrors } from "@rerun-ts/core/checks";
import type { ViewerControl } from "@rerun-ts/core/viewer-control";
import { HeadlessViewer, headlessViewer, type HeadlessViewerSettings } from "./headless-viewer.ts";
import { recordedFile, type RenderedSource } from "./recorded-file.ts";
import { checkRenderOptions, SIZE, TIMEOUT_MS, type RenderOptions } from "./render-options.ts";
import { Rendering } from "./rendering.ts";

/**
 * Draws a recording as the native viewer shows it, without a screen. One viewer draws all pictures of a program. The
 * viewer is found as `spawn` finds it, and ends with the program.
 *
 * @param source a recording with only in-memory sinks, the path of a `.rrd` file, or its bytes
 * @returns a PNG
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong, `NOT_FOUND` if the file does not exist, view or
 * program, `VIEWER_FAILED` if the viewer cannot draw, for example because a Vulkan driver is missing, `TIMEOUT`,
 * `ABORTED`
 *
 * @example
 * const png = await renderRecording(rec, { time: { timeline: "frame", at: 12 }, size: { width: 640, height: 480 } });
 * await writeFile("frame-12.png", png);
 */
export function renderRecording(source: RenderedSource, options: RenderOptions = {}): Promise<Uint8Array> {
  return withRerunErrors(async () => {
    checkRenderOptions("renderRecording", options);
    const { blueprint, timeoutMs = TIMEOUT_MS } = options;
    const limit = AbortSignal.timeout(Math.ceil(timeoutMs));
    const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
    const file = await recordedFile(source, { blueprint, isSeparate: options.panels !== true });
    try {
      return await draw(file.path, options, signal);
    } catch (error) {
      if (!limit.aborted || options.signal?.aborted === true) throw error;
      throw new RerunError("TIMEOUT", `the viewer has not drawn the recording within ${timeoutMs} ms`, {
        cause: error,
      });
    } finally {
      await file.remove();
    }
  });
}

async function draw(path: string, options: RenderOptions, signal: AbortSignal): Promise<Uint8Array> {
  const { executablePath, size = SIZE, panels = false } = options;
  const run: Drawing = (control, ended) => new Rendering(control, options, AbortSignal.any([signal, ended])).draw(path);
  if (!panels) return drawShared({ executablePath, size }, run);
  // A new viewer, because the panels show the application's name, and a used viewer remembers layouts.
  const viewer = await HeadlessViewer.start({ executablePath, size });
  try {
    return await viewer.use(run);
  } finally {
    await viewer.endWhenIdle();
  }
}

type Drawing = (control: ViewerControl, ended: AbortSignal) => Promise<Uint8Array>;

/** Draws with the viewer of all pictures, or with a new one if that has ended. */
async function drawShared(settings: HeadlessViewerSettings, run: Drawing): Promise<Uint8Array> {
  const viewer = await headlessViewer(settings);
  try {
    return await viewer.use(run);
  } catch (error) {
    if (!viewer.hasEnded) throw error;
    return (await headlessViewer(settings)).use(run);
  }
}
