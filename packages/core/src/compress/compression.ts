import type { IpcStream } from "../arrow/ipc-stream.ts";
import { padded, type ArrowBuffer } from "../arrow/array-collector.ts";
import type { ByteCost } from "../bytes/byte-cost.ts";
import { COPY, lz4Bound, SEARCH, type Lz4Encoder, type Lz4Section } from "./lz4-encode.ts";
import { MAX_DISTANCE } from "./lz4-format.ts";

/**
 * The compression of messages: `lz4` compresses all messages, `none` compresses none, and `auto` decides by the cost of
 * a byte at the destination.
 */
export type Compression = "auto" | "lz4" | "none";

/** Up to this size data is searched without a sample: this takes microseconds. */
export const SMALL = 4096;
/** The number of samples that are taken from a large buffer. */
const SAMPLES = 3;
/** The size of a sample that shows whether elements resemble the one before. */
const STRIDE_SAMPLE = 2048;
/** The size of a sample that shows whether anything repeats, as a share of the buffer. */
const SEARCH_SHARE = 1 / 32;
/** The least size of such a sample: several rows of an image. */
const MIN_SEARCH_SAMPLE = 2048;
/** The largest size of such a sample, which bounds the time for it. */
const MAX_SEARCH_SAMPLE = 32768;
/**
 * The size of a sample that shows whether data repeats at a distance, as point clouds do that are logged again: more
 * than the largest distance of a match, 64 KiB.
 */
const FAR_SAMPLE = 98_304;
/** The compression ratio below which a buffer is worth compressing. `stride` runs at about memory speed. */
const WORTH_STRIDE = 0.94;
/**
 * The ratio below which a buffer is searched in any case. A search is several times slower than a comparison of
 * neighbours. Above this ratio the whole message decides.
 */
const WORTH_SEARCH = 0.78;
/**
 * The share of a message that searching its buffers above {@link WORTH_SEARCH} must save, by the cost of a byte.
 * Columns of smooth numbers save 5 % and would take twice as long.
 */
const WORTH_DOUBTFUL = { free: 1, stored: 0.07, sent: 0.03 };
/** The ratio below which neighbours are compared in data that is converted, even if a search saves a tenth more. */
const WORTH_NEIGHBOURS = 0.6;
/** The size up to which buffers of data that is converted are searched without a sample, which would take as long. */
const SMALL_CONVERTED = 32_768;
/** The largest difference of ratios between buffers of two entities that have the same method. */
const LIKE = 0.02;
/** The number of bytes that show whether two buffers of one size are equal. */
const BEGINNING = 64;
/** The ratio above which a message is sent uncompressed. */
const WORTH_MESSAGE = 0.95;
/** The same where each byte is sent over a network. */
const WORTH_SENT_MESSAGE = 0.98;
/** The number of messages with the same columns for which a plan is used: their chunks are much alike. */
const PLAN_LIFETIME = 8;

/** The plans for the buffers of messages with the same columns. */
export interface PlanCache<Plan = BufferPlan> {
  readonly plans: (Plan | undefined)[];
  /** The number of messages that were planned with this cache. */
  uses: number;
}

/** The method for a buffer, with the ratio of its first elements if each is compared with the one before. */
export interface KnownMethod {
  readonly method: Lz4Section["stride"];
  readonly ratio: number;
}

/**
 * Chooses the compression of each part of a message. Returns `undefined` if the message is sent uncompressed.
 *
 * The encoder searches metadata and small buffers for matches. Samples of large buffers decide their method. Counters
 * of 64 bits need no sample: the encoder compares each with the element before. `cache` holds the results for the next
 * messages with the same columns. With `auto` the message stays uncompressed unless its expected size is clearly
 * smaller, or if a byte costs nothing where it goes.
 *
 * @param cache the plans of such messages. Default: none, for a single message
 * @param cost what a byte costs at the destination
 */
export function planCompression(
  stream: IpcStream,
  mode: Compression,
  encoder: Lz4Encoder,
  cache: PlanCache = { plans: [], uses: 0 },
  cost: ByteCost = "stored",
): Lz4Section[] | undefined {
  const { byteLength, bodyPosition } = stream;
  if (mode === "none" || (mode === "auto" && cost === "free")) return undefined;
  if (byteLength <= SMALL) return [{ end: byteLength, stride: SEARCH }];
  if (cache.uses++ % PLAN_LIFETIME === 0) cache.plans.length = 0;
  // The schema compresses well, because it repeats the names of the archetype, of its components and of the keys.
  let expected = bodyPosition * SEARCHED.ratio;
  let doubtful = 0;
  const plans = stream.buffers.map((buffer, index) => {
    const length = padded(buffer.bytes.byteLength);
    const plan = length <= SMALL ? SEARCHED : (cache.plans[index] ??= planBuffer(buffer, mode, encoder));
    expected += length * plan.ratio;
    if (plan.isDoubtful === true) doubtful += length * (1 - plan.ratio);
    return plan;
  });
  const isWorthwhile = mode === "lz4" || doubtful > expected * WORTH_DOUBTFUL[cost];
  if (!isWorthwhile) expected += doubtful;
  if (mode === "auto" && expected >= byteLength * (cost === "sent" ? WORTH_SENT_MESSAGE : WORTH_MESSAGE))
    return undefined;
  const sections: Lz4Section[] = [{ end: bodyPosition, stride: SEARCH }];
  let end = bodyPosition;
  for (const [index, plan] of plans.entries()) {
    const length = padded(stream.buffers[index]?.bytes.byteLength ?? 0);
    if (length === 0) continue;
    end += length;
    const stride = plan.isDoubtful === true && !isWorthwhile ? COPY : plan.stride;
    const last = sections[sections.length - 1] as Lz4Section;
    if (last.stride === stride && stride <= 0) sections.pop();
    sections.push({ end, stride });
  }
  return sections;
}

/**
 * Chooses the compression of each part of a message that is converted instead of logged. The encoder searches most
 * parts, which takes longer and saves more than {@link planCompression}. It compares the neighbours of row ids and
 * times, and copies large buffers without repetitions in their samples. Returns `undefined` if these make up nearly the
 * whole message.
 *
 * @param cache the methods for messages with the same columns. Default: none, for a single message
 * @param known the methods for the buffers of other entities with these columns. A buffer whose first elements have the
 * same ratio needs no further samples
 */
export function planSearch(
  stream: IpcStream,
  encoder: Lz4Encoder,
  cache: PlanCache<Lz4Section["stride"]> = { plans: [], uses: 0 },
  known: (KnownMethod | undefined)[] = [],
): Lz4Section[] | undefined {
  const { byteLength, buffers } = stream;
  if (cache.uses++ % PLAN_LIFETIME === 0) cache.plans.length = 0;
  const sections: Lz4Section[] = [{ end: stream.bodyPosition, stride: SEARCH }];
  let end = stream.bodyPosition;
  let copied = 0;
  for (const [index, { bytes }] of buffers.entries()) {
    const length = padded(bytes.byteLength);
    if (length === 0) continue;
    end += length;
    const stride = length <= SMALL ? SEARCH : (cache.plans[index] ??= methodOf(buffers, index, encoder, known));
    if (stride === COPY) copied += length;
    const last = sections[sections.length - 1] as Lz4Section;
    if (last.stride === stride && stride <= 0) sections.pop();
    sections.push({ end, stride });
  }
  return copied < byteLength * WORTH_MESSAGE ? sections : undefined;
}

/** The memory for compressed samples of {@link methodOf}. */
let sampled: Uint8Array | undefined;

/** The method for a large buffer of a message that is converted. */
function methodOf(
  buffers: readonly ArrowBuffer[],
  index: number,
  encoder: Lz4Encoder,
  known: (KnownMethod | undefined)[],
): Lz4Section["stride"] {
  const buffer = buffers[index] as ArrowBuffer;
  const { bytes, stride } = buffer;
  if (stride < 8 || isRepeated(buffers, index)) return searchOrCopy(buffer, encoder);
  sampled ??= new Uint8Array(lz4Bound(MAX_SEARCH_SAMPLE));
  const ratio = sampleRatio(bytes, STRIDE_SAMPLE, stride, encoder, 1, sampled);
  const other = known[index];
  if (other !== undefined && Math.abs(other.ratio - ratio) < LIKE) return other.method;
  const samples = bytes.byteLength <= SMALL_CONVERTED ? 2 : SAMPLES;
  const byStride = sampleRatio(bytes, STRIDE_SAMPLE, stride, encoder, samples, sampled);
  const gain = byStride - searchRatio(bytes, encoder, samples, sampled);
  // Where a search saves no more, as in times with noise, the comparison is several times as fast.
  const isCompared = byStride < WORTH_MESSAGE && gain < (byStride < WORTH_NEIGHBOURS ? 0.1 : 0.01);
  const method = isCompared ? stride : searchOrCopy(buffer, encoder);
  // Noise of one entity says little about others, which may repeat at a distance.
  if (method !== COPY) known[index] = { method, ratio };
  return method;
}

function searchOrCopy({ bytes, isRising }: ArrowBuffer, encoder: Lz4Encoder): Lz4Section["stride"] {
  if (bytes.byteLength <= SMALL_CONVERTED) return SEARCH;
  // Rising buffers are searched, because several components often have the same offsets, which samples do not show.
  return isRising || isRepetitive(bytes, encoder) ? SEARCH : COPY;
}

/** Whether a buffer seems equal to another near it, such as the times of two timelines, which a search finds. */
function isRepeated(buffers: readonly ArrowBuffer[], index: number): boolean {
  const { bytes } = buffers[index] as ArrowBuffer;
  if (bytes.byteLength > MAX_DISTANCE) return false;
  return buffers.some((other, at) => {
    if (at === index || other.bytes.byteLength !== bytes.byteLength) return false;
    for (let byte = 0; byte < BEGINNING; byte++) if (bytes[byte] !== other.bytes[byte]) return false;
    return true;
  });
}

/** Whether samples of a buffer repeat, near or far. */
function isRepetitive(bytes: Uint8Array, encoder: Lz4Encoder): boolean {
  if (searchRatio(bytes, encoder) < WORTH_MESSAGE) return true;
  return bytes.byteLength >= FAR_SAMPLE && sampleRatio(bytes, FAR_SAMPLE, SEARCH, encoder, 1) < WORTH_MESSAGE;
}

/** The method for a buffer, and its expected compression ratio. */
export interface BufferPlan {
  readonly stride: Lz4Section["stride"];
  readonly ratio: number;
  /** Whether the buffer is copied instead if the whole message saves too little. */
  readonly isDoubtful?: boolean;
}

const COPIED: BufferPlan = { stride: COPY, ratio: 1 };
const SEARCHED: BufferPlan = { stride: SEARCH, ratio: 0.5 };

function planBuffer({ bytes, stride, isRising }: ArrowBuffer, mode: Compression, encoder: Lz4Encoder): BufferPlan {
  const { byteLength } = bytes;
  // Neighbouring counters of 64 bits and more have at least their upper bytes in common.
  if (isRising && stride >= 8) return { stride, ratio: 0.5 };
  const canStride = stride >= 4 && byteLength > stride;
  const byStride = canStride ? sampleRatio(bytes, STRIDE_SAMPLE, stride, encoder) : 1;
  const isStrideWorthwhile = byStride < WORTH_STRIDE;
  if (isRising) return isStrideWorthwhile ? { stride, ratio: byStride } : COPIED;
  const bySearch = searchRatio(bytes, encoder);
  // The fast method is preferred unless the thorough one saves much more.
  if (isStrideWorthwhile && byStride - bySearch < 0.2) return { stride, ratio: byStride };
  if (bySearch < WORTH_SEARCH || mode === "lz4") return { stride: SEARCH, ratio: bySearch };
  return bySearch < 1 ? { stride: SEARCH, ratio: bySearch, isDoubtful: true } : COPIED;
}

/** The estimated ratio of a buffer that is searched. */
function searchRatio(bytes: Uint8Array, encoder: Lz4Encoder, samples: number = SAMPLES, target?: Uint8Array): number {
  const { byteLength } = bytes;
  const sample = Math.min(MAX_SEARCH_SAMPLE, Math.max(MIN_SEARCH_SAMPLE, Math.floor(byteLength * SEARCH_SHARE)));
  return sampleRatio(bytes, sample, SEARCH, encoder, samples, target);
}

/**
 * The ratio of a buffer, estimated from a few samples of `size` bytes. A single sample is from the beginning.
 *
 * @param target memory for a compressed sample. Default: new memory
 */
function sampleRatio(
  bytes: Uint8Array,
  size: number,
  stride: number,
  encoder: Lz4Encoder,
  samples: number = SAMPLES,
  target: Uint8Array = new Uint8Array(lz4Bound(size)),
): number {
  let compressed = 0;
  for (let sample = 0; sample < samples; sample++) {
    const start = Math.floor(((bytes.byteLength - size) * sample) / (samples - 1 || 1) / 16) * 16;
    compressed += encoder.compress(bytes.subarray(start, start + size), [{ end: size, stride }], target, 0);
  }
  return compressed / (size * samples);
}
