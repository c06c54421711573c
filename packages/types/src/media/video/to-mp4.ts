import { isRerunError, RerunError, type EntityPathLike, type TimeValue } from "@rerun-ts/core";
import { checkOptions, invalidArgument, InvalidValueError, yieldingRerunErrors } from "@rerun-ts/core/checks";
import type { RecordedVideo } from "./video-timeline.ts";
import { TO_MP4_OPTIONS, type ToMp4Options } from "./to-mp4-options.ts";

/** A recording with videos, such as the `RecordingReader` of `@rerun-ts/reading`. */
export interface VideoRecording {
  /** Finds the video of an entity. */
  video(
    entityPath: EntityPathLike,
    options: {
      timeline?: string | undefined;
      from?: TimeValue | undefined;
      to?: TimeValue | undefined;
      signal?: AbortSignal | undefined;
    },
  ): Promise<RecordedVideo>;
}

/**
 * Yields an MP4 file with the video of an entity, piece by piece. Frames are copied as they are, without an encoder:
 * H.264, H.265, AV1, VP8 and VP9. Times are exact to 1/90,000 s, from the first frame on. Of an `AssetVideo`, the file
 * is copied, or with `from` or `to` cut at a key frame.
 *
 * Throws a `RerunError` with the code `INVALID_ARGUMENT` if an argument is wrong, `NOT_FOUND` if the entity has no
 * video at these times, or no key frame, `INVALID_FORMAT` if a frame or the file is damaged, `INVALID_DATA` if the
 * video has no codec, or values of a wrong type, `UNSUPPORTED` if its codec, size or parameter sets change, and
 * `ABORTED` if the signal fires.
 *
 * @param recording the recording, of `openRrd`
 * @example
 * const file = await openRrd("run.rrd");
 * const film = rr.video.toMp4(file.recording(), "/camera", { timeline: "frame", from: 120, to: 480, fps: 30 });
 * for await (const piece of film) socket.write(piece);
 */
export function toMp4(
  recording: VideoRecording,
  entityPath: EntityPathLike,
  options: ToMp4Options = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  return yieldingRerunErrors(
    (async function* () {
      checkOptions("toMp4", options, TO_MP4_OPTIONS);
      const { timeline, from, to, fps, onProgress, signal } = options;
      if (typeof (recording as Partial<VideoRecording> | null)?.video !== "function")
        throw invalidArgument("recording", "a recording of `openRrd`, such as `file.recording()`", recording);
      if (fps !== undefined && !(typeof fps === "number" && fps > 0 && fps <= MAX_FPS))
        throw invalidArgument("fps", `a positive number up to ${MAX_FPS}`, fps);
      const video = await recording.video(entityPath, { timeline, from, to, signal });
      try {
        // Loaded on demand, because few programs write videos.
        const { cutMp4, streamToMp4 } = await import("./write-mp4.ts");
        if (video.kind === "stream") yield* streamToMp4(video, { fps, onProgress, signal });
        else yield* cutMp4(video, { onProgress, signal });
      } catch (error) {
        if (error instanceof InvalidValueError) throw error.toError("entityPath");
        if (video.kind === "stream" || !isRerunError(error) || !FILE_ERRORS.has(error.code)) throw error;
        throw new RerunError(error.code, `the file of ${video.entityPath} cannot be written: ${error.message}`, {
          cause: error,
        });
      }
    })(),
  );
}

const MAX_FPS = 90_000;
/** Errors about the file of an \`AssetVideo\`, which do not name the entity. */
const FILE_ERRORS: ReadonlySet<string> = new Set(["INVALID_FORMAT", "UNSUPPORTED"]);
