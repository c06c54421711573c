import type { Data, DataType } from "apache-arrow";
import { arrayTypeOf } from "./layout.ts";
import { isValid } from "./is-valid.ts";
import { gatherOffsets } from "./gather-offsets.ts";
import { isPresent, type Runs } from "./runs.ts";

/** Ranges of fewer elements are copied one by one, which is faster than views of memory. */
const SMALL = 32;

/** The validity of the rows; no bitmap if none is null. */
export function gatherValidity(
  sources: readonly Data[],
  runs: Runs,
): { readonly bitmap: Uint8Array | undefined; readonly nullCount: number } {
  // Not for each range: that would take as long as the copy.
  const mayHaveNulls = runs.hasNullSource || sources.some(({ nullCount }) => nullCount > 0);
  if (!mayHaveNulls) return { bitmap: undefined, nullCount: 0 };
  const bitmap = new Uint8Array(Math.ceil(runs.length / 64) * 8);
  let row = 0;
  let valid = 0;
  for (let run = 0; run < runs.size; run++) {
    const source = runs.sources[run] as number;
    const start = runs.starts[run] as number;
    const end = row + (runs.counts[run] as number);
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
  return { bitmap: valid === runs.length ? undefined : bitmap, nullCount: runs.length - valid };
}

/** The values of booleans: one bit each. */
export function gatherBits(sources: readonly Data[], runs: Runs): Uint8Array {
  const target = new Uint8Array(Math.ceil(runs.length / 64) * 8);
  let row = 0;
  for (let run = 0; run < runs.size; run++) {
    const from = sources[runs.sources[run] as number];
    const start = runs.starts[run] as number;
    const end = row + (runs.counts[run] as number);
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
export function gatherFixed(type: DataType, sources: readonly Data[], runs: Runs, width: number): unknown {
  const ArrayType = arrayTypeOf(type);
  const target = new ArrayBuffer(runs.length * width);
  // Words where the memory of the type is aligned to them; never bigints, which are slow.
  const hasWords = width % 4 === 0 && (ArrayType as unknown) !== Uint8Array;
  const unit = hasWords ? width / 4 : width;
  const view = (bytes: ArrayBufferView): Int32Array | Uint8Array =>
    hasWords
      ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
      : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const from = sources.map(({ values }) => view(values as ArrayBufferView));
  copyRuns(from, runs, unit, hasWords ? new Int32Array(target) : new Uint8Array(target));
  return new ArrayType(target);
}

function copyRuns(
  sources: readonly (Int32Array | Uint8Array)[],
  runs: Runs,
  unit: number,
  target: Int32Array | Uint8Array,
): void {
  const { size, sources: runSources, starts, counts } = runs;
  let at = 0;
  for (let run = 0; run < size; run++) {
    const source = runSources[run] as number;
    const length = (counts[run] as number) * unit;
    const from = source < 0 ? undefined : sources[source];
    if (from !== undefined) {
      const start = (starts[run] as number) * unit;
      if (length > SMALL) target.set(from.subarray(start, start + length), at);
      else for (let index = 0; index < length; index++) target[at + index] = from[start + index] as number;
    }
    at += length;
  }
}

/** Offsets and bytes of strings or binary data. */
export function gatherBytes(
  sources: readonly Data[],
  runs: Runs,
  width: 4 | 8,
): readonly [offsets: Int32Array | BigInt64Array, bytes: Uint8Array] {
  const { offsets, inside } = gatherOffsets(sources, runs, width);
  const bytes = new Uint8Array(inside.length);
  copyRuns(
    sources.map(({ values }) => values as Uint8Array),
    inside,
    1,
    bytes,
  );
  return [offsets, bytes];
}
