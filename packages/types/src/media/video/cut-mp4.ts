import { RerunError } from "@rerun-ts/core";
import { checkAborted } from "@rerun-ts/core/util";
import { Mp4File } from "../mp4/mp4-file.ts";
import { mp4SourceOf } from "../mp4/mp4-source.ts";
import type { StoredSample } from "../mp4/stored-sample.ts";
import { Mp4Writer } from "../mp4/write/mp4-writer.ts";
import type { RecordedVideoFile } from "./video-timeline.ts";
import type { Mp4Progress, ToMp4Options } from "./to-mp4-options.ts";

/** Number of bytes that are yielded together. */
const BLOCK_BYTES = 1024 * 1024;

/** Yields an MP4 file: as it is, or the part that is shown, from a key frame on. */
export async function* cutMp4(
  { contents, shown, entityPath }: RecordedVideoFile,
  { onProgress, signal }: Pick<ToMp4Options, "onProgress" | "signal">,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await Mp4File.open(mp4SourceOf(contents));
  const report = ({ frames, keyframes, bytes }: Pick<Mp4Progress, "frames" | "keyframes" | "bytes">): void =>
    onProgress?.({ frames, keyframes, skippedFrames: 0, bytes, start: undefined, end: undefined });
  if (shown === undefined) {
    let [frames, keyframes] = [0, 0];
    for await (const { isKeyframe } of file.samples()) {
      checkAborted(signal);
      frames++;
      if (isKeyframe) keyframes++;
    }
    if (frames === 0) throw new RerunError("NOT_FOUND", `the video ${entityPath} has no frames`);
    for (let at = 0; at < contents.byteLength; at += BLOCK_BYTES) {
      checkAborted(signal);
      yield contents.subarray(at, at + BLOCK_BYTES);
    }
    report({ frames, keyframes, bytes: contents.byteLength });
    checkAborted(signal);
    return;
  }
  const { timescale, entry, display } = file.track;
  const part = await shownPart(file, shown, signal);
  if (part === undefined)
    throw new RerunError("NOT_FOUND", `the video ${entityPath} has no key frame before the frames that are shown`);
  const { key } = part;
  // A film begins with its key frame, also if the file says that it is shown before it is decoded.
  const lead = Math.min(0, key.time - key.decodeTime);
  const writer = new Mp4Writer(timescale, [], Math.ceil(timescale / 30));
  for await (const { offset, size, time, decodeTime, isKeyframe } of samplesOf(file, part)) {
    checkAborted(signal);
    const pieces = [contents.subarray(offset, offset + size)];
    const shift = time - decodeTime - lead;
    const written = writer.add({ pieces, time: decodeTime - key.decodeTime, shift, isKeyframe });
    if (written === undefined) continue;
    report(writer);
    yield written;
  }
  yield writer.finish({ entry, display });
  report(writer);
  checkAborted(signal);
}

/** Some frames that follow each other in the order of decoding. */
interface Part {
  /** The first frame. */
  readonly key: StoredSample;
  /** The positions of the first and the last frame. */
  readonly start: number;
  readonly end: number;
}

/**
 * The frames from the last key frame before the first shown one, to the last shown one. The tables of the file are read
 * twice, which takes no memory.
 */
async function shownPart(
  file: Mp4File,
  { first, last }: NonNullable<RecordedVideoFile["shown"]>,
  signal: AbortSignal | undefined,
): Promise<Part | undefined> {
  let key: StoredSample | undefined;
  let [start, end, position] = [-1, -1, 0];
  for await (const sample of file.samples()) {
    checkAborted(signal);
    // Shown times name frames from their beginning on. Viewers count them from the first frame.
    const nanos = file.nanos(sample);
    if (sample.isKeyframe && nanos <= first) [key, start] = [sample, position];
    if (nanos <= last) end = position;
    position++;
  }
  if (key === undefined) return undefined;
  // A frame that others need can be shown after the last one. The frames that are shown between the two follow.
  let [latest, latestInPart] = [key.time, key.time];
  position = -1;
  for await (const { time } of file.samples()) {
    checkAborted(signal);
    if (++position < start) continue;
    latest = Math.max(latest, time);
    if (position > end && time > latestInPart) continue;
    end = Math.max(end, position);
    latestInPart = latest;
  }
  return { key, start, end };
}

async function* samplesOf(file: Mp4File, { key, start, end }: Part): AsyncGenerator<StoredSample, void, undefined> {
  let position = 0;
  for await (const sample of file.samples()) {
    if (position > end) return;
    // Frames that are shown before the key frame need frames from before it.
    if (position++ >= start && sample.time >= key.time) yield sample;
  }
}
