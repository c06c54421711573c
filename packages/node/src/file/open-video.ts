import { open, type FileHandle } from "node:fs/promises";
import type { EntityPathLike, RecordingStream } from "@rerun-ts/core";
import { withRerunErrors, yieldingRerunErrors } from "@rerun-ts/core/checks";
import * as media from "@rerun-ts/types/media";
import { fileFailure, toPathString } from "./read-bytes.ts";

/** Contents of a video file, or its path. */
export type VideoFileLike = string | URL | media.Mp4Contents;

/**
 * Yields the frames of an MP4 video for `VideoStream`: H.264 and H.265 in Annex B form, AV1, VP8 and VP9, also of
 * fragmented files. Of a file and of a `Blob` only the tables and the frames that are asked for are read.
 *
 * Throws a `RerunError` with the code `NOT_FOUND` or `IO_ERROR` if there is no such file, `INVALID_FORMAT` if it is
 * damaged or a frame is larger than `maxFrameBytes`, and `UNSUPPORTED` for another codec or B-frames. Viewers show no
 * B-frames of streams: transcode with `ffmpeg -bf 0`, or log an `AssetVideo`.
 *
 * @param source the path of the file, or its contents
 * @example
 * for await (const { codec, sample, isKeyframe, nanos, index } of rr.video.mp4Samples("drive.mp4")) {
 *   if (index === 0) rec.log("camera", new rr.VideoStream(codec), { static: true });
 *   const time = { video: { duration: { nanos } } };
 *   rec.log("camera", rr.VideoStream.fromFields({ sample, isKeyframe }), { time });
 * }
 */
export function mp4Samples(
  source: VideoFileLike,
  options?: media.Mp4SamplesOptions,
): AsyncGenerator<media.Mp4Sample, void, void> {
  if (!isPath(source)) return media.mp4Samples(source, options);
  return yieldingRerunErrors(
    (async function* () {
      const file = await openVideo(source);
      try {
        yield* media.mp4Samples(file.contents, options);
      } finally {
        await file.close();
      }
    })(),
  );
}

/**
 * Logs an MP4 video as a `VideoStream`. Each key frame and the frames up to the next are one chunk, so viewers load
 * only what they show. This is the same as `Mp4Reader` of Rerun's Python SDK. {@link mp4Samples} has the details.
 *
 * @param source the path of the file, or its contents
 * @throws {RerunError} `NOT_FOUND` or `IO_ERROR` if there is no such file
 * @throws {RerunError} `INVALID_FORMAT` if it is damaged. What comes before the damage is logged
 * @throws {RerunError} `UNSUPPORTED` if viewers cannot show its codec, or it has B-frames
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong
 *
 * @example
 * await rr.video.logVideoFile(rec, "camera", "drive.mp4", { start: new Date("2026-01-31T12:00:00Z") });
 */
export function logVideoFile(
  recording: RecordingStream,
  entityPath: EntityPathLike,
  source: VideoFileLike,
  options?: media.LogVideoFileOptions,
): Promise<media.LoggedVideo> {
  if (!isPath(source)) return media.logVideoFile(recording, entityPath, source, options);
  return withRerunErrors(async () => {
    const file = await openVideo(source);
    try {
      return await media.logVideoFile(recording, entityPath, file.contents, options);
    } finally {
      await file.close();
    }
  });
}

function isPath(source: VideoFileLike): source is string | URL {
  return typeof source === "string" || source instanceof URL;
}

/** Opens a file of which parts are read. */
async function openVideo(path: string | URL): Promise<{ contents: media.Mp4Source; close(): Promise<void> }> {
  const name = toPathString(path);
  let handle: FileHandle | undefined;
  try {
    handle = await open(name);
    const { size } = await handle.stat();
    const opened = handle;
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await opened.read(bytes, 0, length, offset).catch((error: unknown) => {
        throw fileFailure(name, error);
      });
      return bytes.subarray(0, bytesRead);
    };
    return { contents: { size, read }, close: () => opened.close() };
  } catch (error) {
    await handle?.close();
    throw fileFailure(name, error);
  }
}
