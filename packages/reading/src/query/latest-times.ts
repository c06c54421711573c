import type { ChunkData } from "../store/chunk-data.ts";
import { compareTimes, wordsOf } from "../store/compare-times.ts";
import type { PreparedColumn } from "./prepare-query.ts";
import type { RowRanges } from "../arrays/row-ranges.ts";

/** For each column, the halves of the times of each source, or `undefined` if the source is not on the timeline. */
export type SourceTimes = readonly (readonly (Int32Array | undefined)[])[];

/** The times of the sources of columns on a timeline. */
export function timesOfSources(columns: readonly PreparedColumn[], timeline: string): SourceTimes {
  const times = new Map<ChunkData, Int32Array>();
  for (const chunk of new Set(columns.flatMap(({ chunks }) => chunks))) {
    const found = chunk.layout.timelines.find(({ name }) => name === timeline);
    if (found !== undefined) times.set(chunk, wordsOf(chunk.times(found)));
  }
  return columns.map(({ chunks }) => chunks.map((chunk) => times.get(chunk)));
}

/** Times, a bitmap of the present ones, and their number. */
export interface LatestTimes {
  readonly times: BigInt64Array;
  readonly bitmap: Uint8Array;
  readonly valid: number;
}

/**
 * The times of rows on a timeline other than the index. A row has the latest time of its cells.
 *
 * @param turn is called after each column
 */
export async function latestTimes(
  taken: readonly RowRanges[],
  sourceTimes: SourceTimes,
  length: number,
  turn: () => Promise<void>,
): Promise<LatestTimes> {
  const times = new BigInt64Array(length);
  const latest = wordsOf(times);
  const bitmap = new Uint8Array(Math.ceil(length / 64) * 8);
  let valid = 0;
  for (const [column, { size, sources, starts, counts }] of taken.entries()) {
    const all = sourceTimes[column] ?? [];
    let row = 0;
    for (let range = 0; range < size; range++) {
      const source = sources[range] as number;
      const words = source < 0 ? undefined : all[source];
      const end = row + (counts[range] as number);
      if (words !== undefined) valid += takeLatest(words, starts[range] as number, latest, bitmap, row, end);
      row = end;
    }
    await turn();
  }
  return { times, bitmap, valid };
}

/** Takes the times from `start` on where a row has none, or an earlier one. Returns how many rows had none. */
function takeLatest(
  words: Int32Array,
  start: number,
  latest: Int32Array,
  bitmap: Uint8Array,
  from: number,
  end: number,
): number {
  let added = 0;
  for (let row = from, at = start; row < end; row++, at++) {
    const bit = 1 << (row & 7);
    if (((bitmap[row >> 3] as number) & bit) === 0) {
      bitmap[row >> 3] = (bitmap[row >> 3] as number) | bit;
      added++;
    } else if (compareTimes(words, at, latest, row) <= 0) continue;
    latest[row * 2] = words[at * 2] as number;
    latest[row * 2 + 1] = words[at * 2 + 1] as number;
  }
  return added;
}
