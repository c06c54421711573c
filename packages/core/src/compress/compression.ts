import type { IpcStream } from "../arrow/ipc-stream.ts";
import { padded, type ArrowBuffer } from "../arrow/array-collector.ts";
import { lz4Bound, type Lz4Encoder, type Lz4Section } from "./lz4-encode.ts";

/** How messages are compressed. `auto` leaves alone what does not get smaller. */
export type Compression = "auto" | "lz4" | "none";

/** Below this size everything is searched: it takes microseconds. */
const SMALL = 4096;
/** How many pieces of a large buffer are tried. */
const SAMPLES = 3;
/** Enough to see whether an element is like the one before. */
const STRIDE_SAMPLE = 2048;
/** A share of the buffer, but long enough to hold several rows of a picture and short enough to cost little. */
const SEARCH_SHARE = 1 / 32;
const MIN_SEARCH_SAMPLE = 2048;
const MAX_SEARCH_SAMPLE = 32768;
/** `stride` runs at about memory speed, so a little is enough; `search` is several times slower. */
const WORTH_STRIDE = 0.94;
const WORTH_SEARCH = 0.78;
/** A message that would keep more than this share of its size is left uncompressed. */
const WORTH_MESSAGE = 0.95;
/** Chunks of the same columns are alike: for so many of them a buffer is tried once. */
const PLAN_LIFETIME = 8;

/** What was found of the buffers of earlier messages with the same columns. */
export interface PlanMemory {
  readonly plans: (BufferPlan | undefined)[];
  /** How many messages were planned with it. */
  uses: number;
}

/** A memory that knows nothing. */
export function newPlanMemory(): PlanMemory {
  return { plans: [], uses: 0 };
}

/** How to compress a message, or `undefined` to leave it as it is. */
export function planCompression(
  stream: IpcStream,
  mode: Compression,
  encoder: Lz4Encoder,
  memory: PlanMemory,
): Lz4Section[] | undefined {
  if (mode === "none") return undefined;
  if (memory.uses++ % PLAN_LIFETIME === 0) memory.plans.length = 0;
  const sections: Lz4Section[] = [{ end: stream.bodyPosition, method: "search", stride: 0 }];
  let end = stream.bodyPosition;
  let expected = stream.bodyPosition;
  for (const [index, buffer] of stream.buffers.entries()) {
    const length = padded(buffer.bytes.byteLength);
    if (length === 0) continue;
    end += length;
    const plan = length <= SMALL ? SEARCH : (memory.plans[index] ??= planBuffer(buffer, mode, encoder));
    expected += length * plan.ratio;
    const last = sections[sections.length - 1] as Lz4Section;
    if (last.method === plan.method && plan.method !== "stride") sections[sections.length - 1] = { ...last, end };
    else sections.push({ end, method: plan.method, stride: plan.stride });
  }
  sections.push({ end: stream.byteLength, method: "copy", stride: 0 });
  const isWorthwhile = mode === "lz4" || stream.byteLength <= SMALL || expected < stream.byteLength * WORTH_MESSAGE;
  return isWorthwhile ? sections : undefined;
}

/** How to compress a buffer, and the share of its size that it keeps. */
export interface BufferPlan {
  readonly method: Lz4Section["method"];
  readonly stride: number;
  readonly ratio: number;
}

const COPY: BufferPlan = { method: "copy", stride: 0, ratio: 1 };
const SEARCH: BufferPlan = { method: "search", stride: 0, ratio: 0.5 };

function planBuffer({ bytes, stride, isRising }: ArrowBuffer, mode: Compression, encoder: Lz4Encoder): BufferPlan {
  const { byteLength } = bytes;
  // Counters of 64 bits and more: neighbours have at least their upper bytes in common.
  if (isRising && stride >= 8) return { method: "stride", stride, ratio: 0.5 };
  const canStride = stride >= 4 && byteLength > stride;
  const byStride = canStride ? sampleRatio(bytes, STRIDE_SAMPLE, "stride", stride, encoder) : 1;
  const isStrideWorthwhile = byStride < WORTH_STRIDE;
  if (isRising) return isStrideWorthwhile ? { method: "stride", stride, ratio: byStride } : COPY;
  const sample = Math.min(MAX_SEARCH_SAMPLE, Math.max(MIN_SEARCH_SAMPLE, Math.floor(byteLength * SEARCH_SHARE)));
  const bySearch = sampleRatio(bytes, sample, "search", 0, encoder);
  // Prefer the fast way unless the thorough one saves much more.
  if (isStrideWorthwhile && byStride - bySearch < 0.2) return { method: "stride", stride, ratio: byStride };
  if (bySearch < WORTH_SEARCH || mode === "lz4") return { method: "search", stride: 0, ratio: bySearch };
  return COPY;
}

/** The share of its size that a buffer keeps, from a few pieces of it. */
function sampleRatio(
  bytes: Uint8Array,
  size: number,
  method: "search" | "stride",
  stride: number,
  encoder: Lz4Encoder,
): number {
  const target = new Uint8Array(lz4Bound(size));
  let compressed = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const start = Math.floor(((bytes.byteLength - size) * sample) / (SAMPLES - 1) / 16) * 16;
    compressed += encoder.compress(bytes.subarray(start, start + size), [{ end: size, method, stride }], target, 0);
  }
  return compressed / (size * SAMPLES);
}
