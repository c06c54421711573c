import { ArrayCollector, type ArrowBuffer } from "../array-collector.ts";
import { TextBuilder } from "./text-builder.ts";

/**
 * Builds strings or byte strings with 64-bit offsets (`LargeUtf8`, `LargeBinary`), which are widened from 32 bits on
 * `collect`.
 */
export class LargeTextBuilder extends TextBuilder {
  override collect(out: ArrayCollector, from: number, to: number): void {
    const narrow = new ArrayCollector();
    super.collect(narrow, from, to);
    const [validity, offsets, data] = narrow.buffers as [ArrowBuffer, ArrowBuffer, ArrowBuffer];
    const [length, nullCount] = narrow.nodes as [number, number];
    out.node(length, nullCount);
    out.buffer(validity.bytes);
    out.buffer(widen(offsets.bytes), 8, true);
    out.buffer(data.bytes);
  }
}

function widen({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  const ends = BigInt64Array.from(new Int32Array(buffer, byteOffset, byteLength >> 2), BigInt);
  return new Uint8Array(ends.buffer);
}
