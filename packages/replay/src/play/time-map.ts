import type { RecordingReader } from "@rerun-ts/reading";
import { PAGE_TIMELINE } from "./page-events.ts";

/** The times of `log_time` by those of another timeline, from the rows of some entities. */
export class TimeMap {
  readonly #pairs: readonly (readonly [from: bigint, to: bigint])[];

  private constructor(pairs: readonly (readonly [bigint, bigint])[]) {
    this.#pairs = pairs;
  }

  /** Reads the times of the rows of some entities. */
  static async read(reader: RecordingReader, paths: readonly string[], timeline: string): Promise<TimeMap> {
    const known = reader.schema().entityPaths;
    const contents = paths.filter((path) => known.includes(path));
    const pairs: [bigint, bigint][] = [];
    if (contents.length > 0)
      for await (const chunk of reader.chunks({ contents, timeline })) {
        if (!chunk.timelines.includes(PAGE_TIMELINE)) continue;
        const to = chunk.times(PAGE_TIMELINE);
        for (const [row, time] of chunk.times(timeline).entries()) pairs.push([time, to[row] ?? 0n]);
      }
    pairs.sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)));
    return new TimeMap(pairs);
  }

  /** The last time of `log_time` at or before a time of the timeline. */
  at(time: bigint): bigint | undefined {
    let [low, high] = [0, this.#pairs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pairs[middle]?.[0] ?? 0n) <= time) low = middle + 1;
      else high = middle;
    }
    return this.#pairs[low - 1]?.[1];
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
