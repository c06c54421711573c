import type { EntityPathLike } from "@rerun-ts/core";
import type * as files from "@rerun-ts/reading/node-files";
import { checkOptions, isUrl, invalidArgument, withRerunErrors } from "@rerun-ts/core/checks";
import { TO_MP4_OPTIONS, toMp4, type Mp4Progress, type ToMp4Options, type VideoRecording } from "@rerun-ts/types/media";
import { missingPackage } from "./missing-package.ts";
import { toPathString } from "./read-bytes.ts";

/** The ends of the names of other films, whose players would reject an MP4 file. */
const OTHER_FORMAT = /\.(?:avi|gif|mkv|webm|webp)$/i;

/**
 * Writes the video of an entity into an MP4 file, as {@link toMp4} makes it. The file appears when it is complete, so
 * errors, an abort and a full disk leave none behind. Resolves to its facts.
 *
 * @param recording the recording, of `openRrd`
 * @param path the path of the file. An existing file is replaced
 * @throws {RerunError} as of {@link toMp4}, and `IO_ERROR` if the file cannot be written
 * @example
 * const { frames } = await rr.video.saveMp4(file.recording(), "/camera", "camera.mp4", { timeline: "log_time" });
 */
export function saveMp4(
  recording: VideoRecording,
  entityPath: EntityPathLike,
  path: string | URL,
  options: ToMp4Options = {},
): Promise<Mp4Progress> {
  return withRerunErrors(async () => {
    if ((typeof path !== "string" && !isUrl(path)) || path === "" || OTHER_FORMAT.test(String(path)))
      throw invalidArgument("path", "the path of an MP4 file", path);
    checkOptions("saveMp4", options, TO_MP4_OPTIONS);
    const name = toPathString(path);
    let facts: Mp4Progress | undefined;
    const onProgress = (progress: Mp4Progress): void => {
      facts = progress;
      options.onProgress?.(progress);
    };
    const film = toMp4(recording, entityPath, { ...options, onProgress });
    const { writePath } = await loadFiles();
    await writePath(name, film);
    return facts as Mp4Progress;
  });
}

async function loadFiles(): Promise<typeof files> {
  try {
    return await import("@rerun-ts/reading/node-files");
  } catch (cause) {
    throw missingPackage("@rerun-ts/reading", "`saveMp4`", cause);
  }
}
