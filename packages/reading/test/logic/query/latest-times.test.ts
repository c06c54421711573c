import { Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { NULL_SOURCE, RowRanges } from "../../../dist/arrays/row-ranges.js";
import { latestTimes, timesOfSources, type SourceTimes } from "../../../dist/query/latest-times.js";
import type { PreparedColumn } from "../../../dist/query/prepare-query.js";
import { wordsOf } from "../../../dist/store/compare-times.js";
import { chunksOf } from "../chunks.ts";

function rangesOf(...all: readonly (readonly [source: number, start: number, count: number])[]): RowRanges {
  const ranges = new RowRanges();
  for (const range of all) ranges.push(...range);
  return ranges;
}

function wordsOfTimes(...times: readonly bigint[]): Int32Array {
  return wordsOf(BigInt64Array.from(times));
}

async function latest(taken: readonly RowRanges[], times: SourceTimes, length: number): Promise<unknown> {
  const { times: all, bitmap, valid } = await latestTimes(taken, times, length, () => Promise.resolve());
  expect(all.length).toBe(length);
  expect(bitmap.length % 8).toBe(0);
  const list = Array.from(all, (time, row) => (((bitmap[row >> 3] as number) >> (row & 7)) & 1 ? time : null));
  expect(valid).toBe(list.filter((time) => time !== null).length);
  return list;
}

describe("the times of rows on another timeline", () => {
  it("are the latest ones of each row's cells", async () => {
    const times = [[wordsOfTimes(5n, -1n, 2n ** 40n, 7n)], [wordsOfTimes(4n, 1n, 2n ** 40n - 1n, 7n, 2n ** 41n)]];
    const taken = [rangesOf([0, 0, 4]), rangesOf([0, 0, 4])];
    expect(await latest(taken, times, 4)).toEqual([5n, 1n, 2n ** 40n, 7n]);
    expect(await latest(taken.toReversed(), times.toReversed(), 4)).toEqual([5n, 1n, 2n ** 40n, 7n]);
    expect(await latest([rangesOf([0, 3, 1]), rangesOf([0, 4, 1])], times, 1)).toEqual([2n ** 41n]);
  });

  it("are null where no cell has one", async () => {
    const times = [[undefined, wordsOfTimes(0n, 8n)], []];
    const taken = [rangesOf([0, 0, 2], [1, 1, 1], [NULL_SOURCE, 0, 6], [1, 0, 1]), rangesOf([0, 0, 10])];
    expect(await latest(taken, times, 10)).toEqual([null, null, 8n, null, null, null, null, null, null, 0n]);
  });

  it("are counted beyond 64 rows", async () => {
    const all = Array.from({ length: 130 }, (_, row) => BigInt(row) - 60n);
    const taken = [rangesOf([0, 0, 65], [NULL_SOURCE, 0, 1], [0, 66, 64])];
    const expected: (bigint | null)[] = [...all];
    expected[65] = null;
    expect(await latest(taken, [[wordsOfTimes(...all)]], 130)).toEqual(expected);
    expect(await latest([], [], 0)).toEqual([]);
  });
});

it("the times of sources are those of their chunks on a timeline", () => {
  const chunks = chunksOf((recording) => {
    recording.log("a", new Scalars(1), { time: { frame: 3, other: 5 } });
    recording.log("b", new Scalars(1), { time: { frame: 4 } });
  });
  const columns = [{ chunks }, { chunks: chunks.slice(1) }] as unknown as readonly PreparedColumn[];
  const list = (timeline: string): unknown =>
    timesOfSources(columns, timeline).map((sources) => sources.map((words) => words?.[0]));
  expect(list("frame")).toEqual([[3, 4], [4]]);
  expect(list("other")).toEqual([[5, undefined], [undefined]]);
});
