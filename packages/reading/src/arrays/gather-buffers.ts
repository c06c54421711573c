import type { Data, DataType } from "apache-arrow";
import { arrayTypeOf } from "./layout.ts";
import { isValid } from "./is-valid.ts";
import { gatherOffsets } from "./gather-offsets.ts";
import { isPresent, type RowRanges } from "./row-ranges.ts";

/** Ranges of fewer elements are copied one by one, which is faster than views of memory. */
const SMALL = 32;

/** The validity of the rows. There is no bitmap without nulls. */
export function gatherValidity(
  sources: readonly Data[],
  ranges: RowRanges,
): { readonly bitmap: Uint8Array | undefined; readonly nullCount: number } {
  // Checked once, because a check for each range would take as long as the copy.
  const mayHaveNulls = ranges.hasNullSource || sources.some(({ nullCount }) => nullCount > 0);
  if (!mayHaveNulls) return { bitmap: undefined, nullCount: 0 };
  const bitmap = new Uint8Array(Math.ceil(ranges.length / 64) * 8);
  let row = 0;
  let valid = 0;
  for (let range = 0; range < ranges.size; range++) {
    const source = ranges.sources[range] as number;
    const start = ranges.starts[range] as number;
    const end = row + (ranges.counts[range] as number);
    const from = sources[source];
    if (from === undefined && !isPresent(source)) {
      row = end;
      continue;
    }
    for (let index = start; row < end; row++, index++) {
      if (from !== undefined && !isValid(from, index)) continue;
      bitmap[row >> 3] = (bitmap[row >> 3] as number) | (1 << (row & 7));
      valid++;
    }
  }
  return { bitmap: valid === ranges.length ? undefined : bitmap, nullCount: ranges.length - valid };
}

/** The values of booleans: one bit each. */
export function gatherBits(sources: readonly Data[], ranges: RowRanges): Uint8Array {
  const target = new Uint8Array(Math.ceil(ranges.length / 64) * 8);
  let row = 0;
  for (let range = 0; range < ranges.size; range++) {
    const from = sources[ranges.sources[range] as number];
    const start = ranges.starts[range] as number;
    const end = row + (ranges.counts[range] as number);
    if (from === undefined) {
      row = end;
      continue;
    }
    const values = from.values as Uint8Array;
    for (let at = from.offset + start; row < end; row++, at++) {
      if (((values[at >> 3] as number) >> (at & 7)) & 1)
        target[row >> 3] = (target[row >> 3] as number) | (1 << (row & 7));
    }
  }
  return target;
}

/** The values of a type with `width` bytes for each. */
export function gatherFixed(type: DataType, sources: readonly Data[], ranges: RowRanges, width: number): unknown {
  const ArrayType = arrayTypeOf(type);
  const target = new ArrayBuffer(ranges.length * width);
  // Copies 32-bit words if the memory of the type is aligned to them, but never bigints, which are slow.
  const hasWords = width % 4 === 0 && (ArrayType as unknown) !== Uint8Array;
  const unit = hasWords ? width / 4 : width;
  const view = (bytes: ArrayBufferView): Int32Array | Uint8Array =>
    hasWords
      ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
      : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const from = sources.map(({ values }) => view(values as ArrayBufferView));
  copyRanges(from, ranges, unit, hasWords ? new Int32Array(target) : new Uint8Array(target));
  return new ArrayType(target);
}

function copyRanges(
  sources: readonly (Int32Array | Uint8Array)[],
  ranges: RowRanges,
  unit: number,
  target: Int32Array | Uint8Array,
): void {
  const { size, sources: rangeSources, starts, counts } = ranges;
  let at = 0;
  for (let range = 0; range < size; range++) {
    const source = rangeSources[range] as number;
    const length = (counts[range] as number) * unit;
    const from = source < 0 ? undefined : sources[source];
    if (from !== undefined) {
      const start = (starts[range] as number) * unit;
      if (length > SMALL) target.set(from.subarray(start, start + length), at);
      else for (let index = 0; index < length; index++) target[at + index] = from[start + index] as number;
    }
    at += length;
  }
}

/** Offsets and bytes of strings or binary data. */
export function gatherBytes(
  sources: readonly Data[],
  ranges: RowRanges,
  width: 4 | 8,
): readonly [offsets: Int32Array | BigInt64Array, bytes: Uint8Array] {
  const { offsets, inside } = gatherOffsets(sources, ranges, width);
  const bytes = new Uint8Array(inside.length);
  copyRanges(
    sources.map(({ values }) => values as Uint8Array),
    inside,
    1,
    bytes,
  );
  return [offsets, bytes];
}
