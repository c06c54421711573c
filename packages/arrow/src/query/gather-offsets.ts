import { RerunError } from "@rerun-ts/core";
import type { Data } from "apache-arrow";
import { Runs } from "./runs.ts";

/** Offsets of new lists, and which elements they take from the arrays. */
export interface GatheredOffsets {
  readonly offsets: Int32Array | BigInt64Array;
  readonly inside: Runs;
}

/**
 * Takes lists, strings or binary data from arrays: their offsets, and where their elements are.
 * @throws {RerunError} `UNSUPPORTED` if there are more elements than offsets of `width` bytes can count
 */
export function gatherOffsets(sources: readonly Data[], runs: Runs, width: 4 | 8): GatheredOffsets {
  const inside = new Runs();
  const offsets = width === 4 ? new Int32Array(runs.length + 1) : new BigInt64Array(runs.length + 1);
  let row = 0;
  for (let run = 0; run < runs.sources.length; run++) {
    const source = runs.sources[run] as number;
    const start = runs.starts[run] as number;
    const count = runs.counts[run] as number;
    const from = source < 0 ? undefined : (sources[source] as Data).valueOffsets;
    shiftOffsets(offsets, row, from as Int32Array | BigInt64Array | undefined, start, count, inside.length);
    if (from !== undefined) {
      const first = Number(from[start]);
      inside.push(source, first, Number(from[start + count]) - first);
    }
    row += count;
  }
  if (width === 4 && inside.length >= 2 ** 31)
    throw new RerunError("UNSUPPORTED", "a column of a batch has more than 2^31 values; ask for smaller batches");
  return { offsets, inside };
}

/** Writes the ends of `count` elements behind `row`, the first of which begins at `begin`; without `from` all are empty. */
function shiftOffsets(
  to: Int32Array | BigInt64Array,
  row: number,
  from: Int32Array | BigInt64Array | undefined,
  start: number,
  count: number,
  begin: number,
): void {
  if (to instanceof BigInt64Array) {
    const shift = from === undefined ? 0n : BigInt(begin) - (from[start] as bigint);
    for (let index = 1; index <= count; index++)
      to[row + index] = from === undefined ? BigInt(begin) : (from[start + index] as bigint) + shift;
  } else if (from === undefined) {
    to.fill(begin, row + 1, row + count + 1);
  } else {
    const offsets = from as Int32Array;
    const shift = begin - (offsets[start] as number);
    for (let index = 1; index <= count; index++) to[row + index] = (offsets[start + index] as number) + shift;
  }
}
