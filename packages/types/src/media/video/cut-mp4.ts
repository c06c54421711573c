import { RerunError } from "@rerun-ts/core";
import { checkAborted } from "@rerun-ts/core/util";
import { Mp4File } from "../mp4/mp4-file.ts";
import { mp4SourceOf } from "../mp4/mp4-source.ts";
import type { StoredSample } from "../mp4/stored-sample.ts";
import { Mp4Writer } from "../mp4/write/mp4-writer.ts";
import type { RecordedVideoFile } from "./recorded-video.ts";
import type { ToMp4Options } from "./to-mp4-options.ts";

/** Number of bytes that are yielded together. */
const BLOCK_BYTES = 1024 * 1024;

/** Yields an MP4 file: as it is, or the part that is shown, from a key frame on. */
export async function* cutMp4(
  { contents, shown, entityPath }: RecordedVideoFile,
  { onProgress, signal }: Pick<ToMp4Options, "onProgress" | "signal">,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await Mp4File.open(mp4SourceOf(contents));
  const samples: StoredSample[] = [];
  for await (const sample of file.samples()) samples.push(sample);
  if (samples.length === 0) throw new RerunError("NOT_FOUND", `the video ${entityPath} has no frames`);
  const report = (frames: number, keyframes: number, bytes: number): void =>
    onProgress?.({ frames, keyframes, skippedFrames: 0, bytes, start: undefined, end: undefined });
  if (shown === undefined) {
    for (let at = 0; at < contents.byteLength; at += BLOCK_BYTES) {
      checkAborted(signal);
      yield contents.subarray(at, at + BLOCK_BYTES);
    }
    report(samples.length, samples.filter(({ isKeyframe }) => isKeyframe).length, contents.byteLength);
    return;
  }
  const { timescale, entry, display } = file.track;
  const kept = keptSamples(file, samples, shown);
  const [start] = kept;
  if (start === undefined)
    throw new RerunError("NOT_FOUND", `the video ${entityPath} has no key frame before the frames that are shown`);
  const writer = new Mp4Writer(timescale, [], Math.ceil(timescale / 30));
  for (const { offset, size, time, decodeTime, isKeyframe } of kept) {
    checkAborted(signal);
    const pieces = [contents.subarray(offset, offset + size)];
    const written = writer.add({ pieces, time: decodeTime - start.decodeTime, shift: time - decodeTime, isKeyframe });
    if (written === undefined) continue;
    report(writer.frames, writer.keyframes, writer.bytes);
    yield written;
  }
  yield writer.finish({ entry, display });
  report(writer.frames, writer.keyframes, writer.bytes);
}

/** The frames from the last key frame before the first shown one, to the last shown one, in the order of decoding. */
function keptSamples(
  file: Mp4File,
  samples: readonly StoredSample[],
  { first, last }: NonNullable<RecordedVideoFile["shown"]>,
): StoredSample[] {
  const indexOfLast = (fits: (sample: StoredSample) => boolean): number => {
    for (let at = samples.length - 1; at >= 0; at--) if (fits(samples[at] as StoredSample)) return at;
    return -1;
  };
  // Shown times name frames from their beginning on. Viewers count them from the first frame.
  const start = indexOfLast((sample) => sample.isKeyframe && file.nanos(sample) <= first);
  const key = samples[start];
  if (key === undefined) return [];
  let end = indexOfLast((sample) => file.nanos(sample) <= last);
  // A frame that others need can be shown after the last one. The frames that are shown between the two follow.
  const earliest = earliestFrom(samples);
  for (let latest = key.time, at = start; at <= end; at++) {
    latest = Math.max(latest, (samples[at] as StoredSample).time);
    if (at === end && (earliest[at + 1] ?? Infinity) <= latest) end++;
  }
  // Frames that are shown before the key frame need frames from before it.
  return samples.slice(start, end + 1).filter(({ time }) => time >= key.time);
}

/** The earliest presentation of each frame and all that follow it. */
function earliestFrom(samples: readonly StoredSample[]): Float64Array {
  const earliest = new Float64Array(samples.length);
  let least = Infinity;
  for (let at = samples.length - 1; at >= 0; at--) {
    least = Math.min(least, (samples[at] as StoredSample).time);
    earliest[at] = least;
  }
  return earliest;
}
