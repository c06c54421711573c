import { TimeColumn, type EntityPathLike, type RecordingStream, type TimestampLike } from "@rerun-ts/core";
import {
  InvalidValueError,
  checkOptions,
  checkRecording,
  invalidArgument,
  withRerunErrors,
  type OptionNames,
} from "@rerun-ts/core/checks";
import { ImportPace, internalsOf } from "@rerun-ts/core/recording";
import { resolveTimestamp, toBigInt, toEntityPath, type Int64 } from "@rerun-ts/core/encode";
import { VideoStream } from "../../archetypes/video-stream.ts";
import type { VideoCodec } from "../../gen/components/video-codec.ts";
import { SHOWN_VIDEO, replacedImage } from "../shown-image.ts";
import type { Mp4Contents } from "../mp4/mp4-source.ts";
import { mp4Samples, type Mp4Sample, type Mp4SamplesOptions } from "./mp4-samples.ts";

/** Options of {@link logVideoFile}. */
export interface LogVideoFileOptions extends Mp4SamplesOptions {
  /** The timeline. Default `"video"`. */
  timeline?: string | undefined;
  /** The time at which the video begins. The timeline then has timestamps. Default: durations since the beginning. */
  start?: TimestampLike | undefined;
}

/** Facts about a logged video. */
export interface LoggedVideo {
  /** Its codec. `undefined` if the file has no frames. */
  readonly codec: VideoCodec | undefined;
  /** The number of frames. */
  readonly frames: number;
  /** The number of frames at which a decoder can start. */
  readonly keyframes: number;
}

const OPTIONS: OptionNames<LogVideoFileOptions> = { timeline: 1, start: 1, maxFrameBytes: 1, signal: 1 };
/** Number of bytes at which a chunk ends before the next key frame. */
const MAX_CHUNK_BYTES = 32 * 1024 * 1024;

/**
 * Logs an MP4 video as a `VideoStream`. Each key frame and the frames up to the next are one chunk, so viewers load
 * only what they show. This is the same as `Mp4Reader` of Rerun's Python SDK. {@link mp4Samples} has the details.
 * Waits while slow sinks have data pending. Ends early if the recording is closed.
 *
 * @param source the bytes of the file, or a `Blob` or `File`, of which parts are read
 * @throws {RerunError} `INVALID_FORMAT` if the file is damaged. What comes before the damage is logged
 * @throws {RerunError} `UNSUPPORTED` if viewers cannot show its codec, or it has B-frames
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong
 *
 * @example
 * await rr.video.logVideoFile(rec, "camera", file, { start: new Date("2026-01-31T12:00:00Z") });
 */
export function logVideoFile(
  recording: RecordingStream,
  entityPath: EntityPathLike,
  source: Mp4Contents,
  options: LogVideoFileOptions = {},
): Promise<LoggedVideo> {
  return withRerunErrors(async () => {
    checkRecording(recording, "log");
    checkOptions("logVideoFile", options, OPTIONS);
    const { timeline = "video", start, ...reading } = options;
    if (typeof timeline !== "string" || timeline === "")
      throw invalidArgument("timeline", "the name of a timeline", timeline);
    naming("entityPath", () => toEntityPath(entityPath));
    const startNanos = start === undefined ? undefined : naming("start", () => nanosOf(start));
    const kind = startNanos === undefined ? "duration" : "timestamp";
    naming("timeline", () => internalsOf(recording).log.checkTimeline(timeline, kind));
    const timesOf = (samples: readonly { readonly nanos: bigint }[]): TimeColumn => {
      const nanos = BigInt64Array.from(samples, (sample) => sample.nanos + (startNanos ?? 0n));
      return TimeColumn[kind](timeline, nanos);
    };
    let codec: VideoCodec | undefined;
    let frames = 0;
    const keyframes: { readonly nanos: bigint }[] = [];
    let pending: Mp4Sample[] = [];
    let bytes = 0;
    const pace = new ImportPace(recording);
    const send = (): void => {
      const [first] = pending;
      if (first === undefined) return;
      const before = replacedImage(recording, entityPath, SHOWN_VIDEO);
      if (before !== undefined) recording.sendColumns(entityPath, timesOf([first]), before.clearedColumns());
      const columns = VideoStream.columns({ sample: pending.map(({ sample }) => sample) });
      recording.sendColumns(entityPath, timesOf(pending), columns);
      pending = [];
      bytes = 0;
    };
    try {
      for await (const sample of mp4Samples(source, reading)) {
        if (codec === undefined) recording.log(entityPath, new VideoStream(sample.codec), { static: true });
        ({ codec } = sample);
        if (sample.isKeyframe || bytes >= MAX_CHUNK_BYTES) {
          const size = bytes;
          send();
          await pace.after(size);
          if (!pace.isOpen) break;
        }
        if (sample.isKeyframe) keyframes.push({ nanos: sample.nanos });
        pending.push(sample);
        bytes += sample.sample.byteLength;
        frames++;
      }
    } finally {
      send();
      if (keyframes.length > 0) {
        const isKeyframe = keyframes.map(() => true);
        recording.sendColumns(entityPath, timesOf(keyframes), VideoStream.columns({ isKeyframe }));
      }
    }
    return { codec, frames, keyframes: keyframes.length };
  });
}

function nanosOf(time: TimestampLike): bigint {
  const nanos: Int64 = { lo: 0, hi: 0 };
  resolveTimestamp(time, nanos);
  return toBigInt(nanos);
}

/** Runs a check of an argument. Its error names the argument. */
function naming<T>(argument: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof InvalidValueError ? error.toError(argument) : error;
  }
}
