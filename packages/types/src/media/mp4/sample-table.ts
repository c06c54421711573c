import { InvalidValueError } from "@rerun-ts/core/checks";
import { find, need } from "./boxes.ts";
import type { FrameBudget } from "./frame-budget.ts";
import type { StoredSample } from "./stored-sample.ts";

/**
 * Yields the frames of the box `stbl` in the order of decoding. The tables are read on demand, so that counts in
 * damaged files take no memory. Throws `InvalidValueError`, or `RangeError` behind the end of a table. Source: ISO/IEC
 * 14496-12, "Sample tables".
 */
export function* tableSamples(samples: DataView, budget: FrameBudget): Generator<StoredSample, void, void> {
  const { count, sizeOf } = readSizes(samples);
  if (count === 0) return;
  budget.spend(count);
  const times = runs(need(samples, "stts"));
  const shiftBox = find(samples, "ctts");
  const shifts = shiftBox === undefined ? undefined : runs(shiftBox);
  const isKeyframe = readKeyframes(samples);
  const offsetOf = readChunks(samples);
  let time = 0;
  for (let sample = 0; sample < count; sample++) {
    const size = sizeOf(sample);
    const duration = times.next() ?? 0;
    // A shift is signed, also in files of version 0.
    const shift = (shifts?.next() ?? 0) | 0;
    yield { offset: offsetOf(size), size, time: time + shift, decodeTime: time, isKeyframe: isKeyframe(sample) };
    time += duration;
  }
}

/** The values of a table of `[count, value]`, one after the other. */
function runs(table: DataView): { next(): number | undefined } {
  const entries = table.getUint32(4);
  let entry = 0;
  let left = 0;
  let value = 0;
  return {
    next() {
      while (left === 0) {
        if (entry >= entries) return undefined;
        left = table.getUint32(8 + entry * 8);
        value = table.getUint32(12 + entry * 8);
        entry++;
      }
      left--;
      return value;
    },
  };
}

function readSizes(samples: DataView): { count: number; sizeOf: (sample: number) => number } {
  const table = find(samples, "stsz");
  if (table !== undefined) {
    const same = table.getUint32(4);
    const sizeOf = (sample: number): number => (same === 0 ? table.getUint32(12 + sample * 4) : same);
    return { count: table.getUint32(8), sizeOf };
  }
  const compact = need(samples, "stz2");
  const bits = compact.getUint8(7);
  const sizeOf = (sample: number): number => {
    if (bits === 16) return compact.getUint16(12 + sample * 2);
    if (bits === 8) return compact.getUint8(12 + sample);
    const pair = compact.getUint8(12 + (sample >> 1));
    return sample % 2 === 0 ? pair >> 4 : pair & 15;
  };
  return { count: compact.getUint32(8), sizeOf };
}

/** Whether a frame is a key frame. Without a table all are. */
function readKeyframes(samples: DataView): (sample: number) => boolean {
  const table = find(samples, "stss");
  if (table === undefined) return () => true;
  const count = table.getUint32(4);
  let entry = 0;
  return (sample) => {
    while (entry < count && table.getUint32(8 + entry * 4) < sample + 1) entry++;
    return entry < count && table.getUint32(8 + entry * 4) === sample + 1;
  };
}

/**
 * Returns a function that takes the size of the next frame and returns its offset, because frames follow each other in
 * chunks.
 */
function readChunks(samples: DataView): (size: number) => number {
  const short = find(samples, "stco");
  // Without either, the more common one is missing.
  const table = short ?? find(samples, "co64") ?? need(samples, "stco");
  const chunks = table.getUint32(4);
  const chunkAt = (chunk: number): number =>
    short === undefined ? Number(table.getBigUint64(8 + chunk * 8)) : table.getUint32(8 + chunk * 4);
  const groups = need(samples, "stsc");
  const groupCount = groups.getUint32(4);
  let group = -1;
  let chunk = -1;
  let left = 0;
  let offset = 0;
  return (size) => {
    while (left === 0) {
      chunk++;
      if (chunk >= chunks) throw new InvalidValueError("an MP4 video", "frames without a place in the file", false);
      while (group + 1 < groupCount && groups.getUint32(8 + (group + 1) * 12) <= chunk + 1) group++;
      if (group < 0) throw new InvalidValueError("an MP4 video", "a chunk without frames", false);
      left = groups.getUint32(12 + group * 12);
      if (groups.getUint32(16 + group * 12) !== 1)
        throw new InvalidValueError("an MP4 video with one configuration", "one that changes its own", false);
      offset = chunkAt(chunk);
    }
    left--;
    const start = offset;
    offset += size;
    return start;
  };
}
