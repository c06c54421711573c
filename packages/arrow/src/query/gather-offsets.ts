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
  const offsets = new Float64Array(runs.length + 1);
  const inside = new Runs();
  let row = 0;
  for (let run = 0; run < runs.sources.length; run++) {
    const source = runs.sources[run] as number;
    const count = runs.counts[run] as number;
    if (source < 0) {
      offsets.fill(inside.length, row + 1, row + count + 1);
    } else {
      const from = (sources[source] as Data).valueOffsets as Int32Array | BigInt64Array;
      const start = runs.starts[run] as number;
      const first = Number(from[start]);
      const shift = inside.length - first;
      for (let index = 1; index <= count; index++) offsets[row + index] = Number(from[start + index]) + shift;
      inside.push(source, first, Number(from[start + count]) - first);
    }
    row += count;
  }
  return { offsets: toOffsets(offsets, width), inside };
}

function toOffsets(offsets: Float64Array, width: 4 | 8): Int32Array | BigInt64Array {
  if (width === 8) return BigInt64Array.from(Array.from(offsets, BigInt));
  if ((offsets.at(-1) ?? 0) >= 2 ** 31)
    throw new RerunError("UNSUPPORTED", "a column of a batch has more than 2^31 values; ask for smaller batches");
  return Int32Array.from(offsets);
}
