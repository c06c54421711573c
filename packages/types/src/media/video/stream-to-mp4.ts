import { isRerunError, RerunError } from "@rerun-ts/core";
import { argumentError } from "@rerun-ts/core/checks";
import { timeTextOf } from "@rerun-ts/core/encode";
import { checkAborted } from "@rerun-ts/core/util";
import { MAX_32 } from "../mp4/write/box.ts";
import { displayOf } from "../mp4/write/movie-box.ts";
import { Mp4Writer } from "../mp4/write/mp4-writer.ts";
import type { RecordedFrame, RecordedStream } from "./video-timeline.ts";
import { formatOf } from "./stored/format-of.ts";
import type { StoredFormat } from "./stored/stored-format.ts";
import type { ToMp4Options } from "./to-mp4-options.ts";

/** Units of time per second: exact for 24, 25, 30, 50 and 60 frames per second. */
const TIMESCALE = 90_000;
const NANOS = 1_000_000_000n;
/** The duration of a film of a single frame, in frames per second. */
const SINGLE_FPS = 30;

type Settings = Pick<ToMp4Options, "fps" | "onProgress" | "signal">;

/** Yields an MP4 file with the frames of a stream. */
export async function* streamToMp4(
  video: RecordedStream,
  { fps, onProgress, signal }: Settings,
): AsyncGenerator<Uint8Array, void, undefined> {
  const unitsOf = clockOf(video, fps);
  const duration = Math.min(MAX_32, Math.round(TIMESCALE / (fps ?? SINGLE_FPS)));
  const writer = new Mp4Writer(TIMESCALE, video.codec === "AV1" ? ["av01"] : [], duration);
  const format = formatOf(video.codec);
  let skippedFrames = 0;
  let first: bigint | undefined;
  let last: bigint | undefined;
  const report = (): void => {
    const { frames, keyframes, bytes } = writer;
    onProgress?.({ frames, keyframes, skippedFrames, bytes, start: first, end: last });
  };
  for await (const frame of video.frames()) {
    checkAborted(signal);
    if (first === undefined && !frame.isKeyframe) {
      skippedFrames++;
      continue;
    }
    first ??= frame.time;
    last = frame.time;
    const pieces = convert(video, format, frame);
    const written = writer.add({ pieces, time: unitsOf(frame.time - first), shift: 0, isKeyframe: frame.isKeyframe });
    if (written === undefined) continue;
    report();
    yield written;
  }
  if (first === undefined) {
    const reason = skippedFrames > 0 ? `none of its ${skippedFrames} frames is a key frame` : "it has no frames";
    throw new RerunError("NOT_FOUND", `the video ${video.entityPath} cannot be decoded at these times: ${reason}`);
  }
  const { box, width, height } = format.entry();
  yield writer.finish({ entry: box, display: displayOf(width, height) });
  report();
  checkAborted(signal);
}

/** Converts times since the beginning to units of the file. */
function clockOf({ timeline }: RecordedStream, fps: number | undefined): (time: bigint) => number {
  if (timeline.kind !== "sequence") {
    if (fps !== undefined)
      throw argumentError(
        "fps",
        `\`fps\` must be left out for the timeline ${timeline.name}, which has times, got ${fps}`,
      );
    return (nanos) => Number((nanos * BigInt(TIMESCALE) + NANOS / 2n) / NANOS);
  }
  if (fps === undefined)
    throw argumentError(
      "fps",
      `\`fps\` is missing: ${timeline.name} has sequence numbers, pass how many are in a second`,
    );
  return (number) => Math.round((Number(number) * TIMESCALE) / fps);
}

/** Converts a frame. Errors name the video and the time. */
function convert(
  { entityPath, timeline }: RecordedStream,
  format: StoredFormat,
  { sample, time, isKeyframe }: RecordedFrame,
): readonly Uint8Array[] {
  try {
    if (sample.byteLength === 0) throw new RerunError("INVALID_FORMAT", "it is empty");
    return format.convert(sample, isKeyframe);
  } catch (error) {
    if (!isRerunError(error)) throw error;
    const at = timeTextOf(timeline.kind, time);
    const hint = error.code === "UNSUPPORTED" ? ": make a film of each part with `from` and `to`" : "";
    throw new RerunError(
      error.code,
      `the frame of ${entityPath} at ${timeline.name} ${at} cannot be written: ${error.message}${hint}`,
      { cause: error },
    );
  }
}
