import { RerunError } from "@rerun-ts/core";
import type { Data } from "apache-arrow";
import { RowRanges } from "./row-ranges.ts";

/** Offsets of new lists, and which elements they take from the arrays. */
export interface GatheredOffsets {
  readonly offsets: Int32Array | BigInt64Array;
  readonly inside: RowRanges;
}

/**
 * Takes lists, strings or binary data from arrays: their offsets, and where their elements are.
 * @throws {RerunError} `UNSUPPORTED` if there are more elements than offsets of `width` bytes can count
 */
export function gatherOffsets(sources: readonly Data[], ranges: RowRanges, width: 4 | 8): GatheredOffsets {
  return width === 4 ? gatherShort(sources, ranges) : gatherLong(sources, ranges);
}

function gatherShort(sources: readonly Data[], ranges: RowRanges): GatheredOffsets {
  const inside = new RowRanges(ranges.size);
  const offsets = new Int32Array(ranges.length + 1);
  const froms = sources.map(({ valueOffsets }) => valueOffsets as Int32Array);
  let row = 0;
  for (let range = 0; range < ranges.size; range++) {
    const source = ranges.sources[range] as number;
    const start = ranges.starts[range] as number;
    const end = row + (ranges.counts[range] as number);
    const from = source < 0 ? undefined : froms[source];
    if (from === undefined) offsets.fill(inside.length, row + 1, end + 1);
    else {
      const first = from[start] as number;
      const shift = inside.length - first;
      let last = first;
      for (let index = start; row < end; row++) offsets[row + 1] = (last = from[++index] as number) + shift;
      inside.push(source, first, last - first);
    }
    row = end;
  }
  if (inside.length >= 2 ** 31)
    throw new RerunError("UNSUPPORTED", "a column of a batch has more than 2^31 values; ask for smaller batches");
  return { offsets, inside };
}

function gatherLong(sources: readonly Data[], ranges: RowRanges): GatheredOffsets {
  const inside = new RowRanges(ranges.size);
  const offsets = new BigInt64Array(ranges.length + 1);
  let row = 0;
  for (let range = 0; range < ranges.size; range++) {
    const source = ranges.sources[range] as number;
    const start = ranges.starts[range] as number;
    const count = ranges.counts[range] as number;
    const begin = BigInt(inside.length);
    if (source < 0) offsets.fill(begin, row + 1, row + count + 1);
    else {
      const from = (sources[source] as Data).valueOffsets as unknown as BigInt64Array;
      const first = from[start] as bigint;
      for (let index = 1; index <= count; index++)
        offsets[row + index] = (from[start + index] as bigint) - first + begin;
      inside.push(source, Number(first), Number((from[start + count] as bigint) - first));
    }
    row += count;
  }
  return { offsets, inside };
}
