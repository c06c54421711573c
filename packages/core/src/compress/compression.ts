import type { IpcStream } from "../arrow/ipc-stream.ts";
import { padded } from "../arrow/array-collector.ts";
import { lz4Bound, type Lz4Encoder, type Lz4Section } from "./lz4-encode.ts";

/** How messages are compressed. `auto` leaves alone what does not get smaller. */
export type Compression = "auto" | "lz4" | "none";

/** Below this size everything is searched: it takes microseconds. */
const SMALL = 4096;
/** How much of a large buffer is tried. */
const SAMPLE = 2048;
const SAMPLES = 3;
/** `stride` runs at about memory speed, so a little is enough; `search` is several times slower. */
const WORTH_STRIDE = 0.94;
const WORTH_SEARCH = 0.75;
/** A message that would keep more than this share of its size is left uncompressed. */
const WORTH_MESSAGE = 0.95;

/** How to compress a message, or `undefined` to leave it as it is. */
export function planCompression(stream: IpcStream, mode: Compression, encoder: Lz4Encoder): Lz4Section[] | undefined {
  if (mode === "none") return undefined;
  const sections: Lz4Section[] = [{ end: stream.bodyPosition, method: "search", stride: 0 }];
  let end = stream.bodyPosition;
  let expected = stream.bodyPosition;
  for (const buffer of stream.buffers) {
    const length = padded(buffer.bytes.byteLength);
    if (length === 0) continue;
    end += length;
    const plan = planBuffer(buffer.bytes, buffer.stride, mode, encoder);
    expected += length * plan.ratio;
    const last = sections[sections.length - 1] as Lz4Section;
    if (last.method === plan.method && plan.method !== "stride") sections[sections.length - 1] = { ...last, end };
    else sections.push({ end, method: plan.method, stride: plan.stride });
  }
  sections.push({ end: stream.byteLength, method: "copy", stride: 0 });
  const isWorthwhile = mode === "lz4" || stream.byteLength <= SMALL || expected < stream.byteLength * WORTH_MESSAGE;
  return isWorthwhile ? sections : undefined;
}

interface BufferPlan {
  readonly method: Lz4Section["method"];
  readonly stride: number;
  readonly ratio: number;
}

function planBuffer(bytes: Uint8Array, stride: number, mode: Compression, encoder: Lz4Encoder): BufferPlan {
  const canStride = stride > 0 && stride % 4 === 0 && bytes.byteLength > stride;
  if (bytes.byteLength <= SMALL) return { method: "search", stride: 0, ratio: 0.5 };
  const byStride = canStride ? sampleRatio(bytes, "stride", stride, encoder) : 1;
  const bySearch = sampleRatio(bytes, "search", 0, encoder);
  // Prefer the fast way unless the thorough one saves much more.
  if (byStride < WORTH_STRIDE && byStride - bySearch < 0.2) return { method: "stride", stride, ratio: byStride };
  if (bySearch < WORTH_SEARCH || mode === "lz4") return { method: "search", stride: 0, ratio: bySearch };
  return { method: "copy", stride: 0, ratio: 1 };
}

/** The share of its size that a buffer keeps, from a few pieces of it. */
function sampleRatio(bytes: Uint8Array, method: "search" | "stride", stride: number, encoder: Lz4Encoder): number {
  const target = new Uint8Array(lz4Bound(SAMPLE));
  const piece = new Uint8Array(SAMPLE);
  let compressed = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const start = Math.floor(((bytes.byteLength - SAMPLE) * sample) / (SAMPLES - 1) / 16) * 16;
    piece.set(bytes.subarray(start, start + SAMPLE));
    compressed += encoder.compress(piece, [{ end: SAMPLE, method, stride }], target, 0);
  }
  return compressed / (SAMPLE * SAMPLES);
}
