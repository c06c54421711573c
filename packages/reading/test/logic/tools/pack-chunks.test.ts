import { describe, expect, it } from "vitest";
import { EdgeTimes } from "../../../dist/tools/edge-times.js";
import type { ChunkEntry } from "../../../dist/tools/chunk-entry.js";
import type { ChunkLimits } from "../../../dist/tools/optimize-options.js";
import { packChunks, type PackedChunk } from "../../../dist/tools/pack-chunks.js";
import { NO_LIMITS, entryAt } from "./entries.ts";

/** Packs chunks with a byte for each row. */
function pack(
  entries: (times: EdgeTimes) => readonly ChunkEntry[],
  limits: Partial<ChunkLimits>,
  isCut?: (entry: ChunkEntry, row: number) => boolean,
): PackedChunk[] {
  const times = new EdgeTimes(1);
  return [...packChunks(entries(times), times, ({ rows }) => rows, { ...NO_LIMITS, ...limits }, isCut)];
}

const rowsOf = (packed: readonly PackedChunk[]): number[] =>
  packed.map(({ segments }) => segments.reduce((sum, { from, to }) => sum + to - from, 0));

/** Chunks of 10 rows each that follow each other. */
const inOrder =
  (count: number) =>
  (times: EdgeTimes): ChunkEntry[] =>
    Array.from({ length: count }, (_, index) => entryAt(times, index * 10, 10));

describe("packChunks", () => {
  it("fills chunks up to each of the limits, and no further", () => {
    expect(rowsOf(pack(inOrder(7), { maxRows: 30 }))).toEqual([30, 30, 10]);
    expect(rowsOf(pack(inOrder(7), { maxRows: 29 }))).toEqual([20, 20, 20, 10]);
    expect(rowsOf(pack(inOrder(7), { maxBytes: 40 }))).toEqual([40, 30]);
    expect(rowsOf(pack(inOrder(7), { maxRows: 30, maxRowsIfUnsorted: 10 }))).toEqual([30, 30, 10]);
  });

  it("divides chunks that are larger than a limit", () => {
    const large = (times: EdgeTimes): ChunkEntry[] => [entryAt(times, 0, 25)];
    expect(rowsOf(pack(large, { maxRows: 10 }))).toEqual([10, 10, 5]);
    expect(rowsOf(pack(large, { maxBytes: 12 }))).toEqual([12, 12, 1]);
    const unsorted = (times: EdgeTimes): ChunkEntry[] => [entryAt(times, 0, 25, { isSorted: false })];
    expect(rowsOf(pack(unsorted, { maxRows: 25, maxRowsIfUnsorted: 20 }))).toEqual([20, 5]);
    // A chunk has its rows in the order of their ids, which is that of no part of these.
    const mixed = (times: EdgeTimes): ChunkEntry[] => [entryAt(times, 0, 25, { isSorted: false, hasSortedIds: false })];
    expect(rowsOf(pack(mixed, { maxRows: 10, maxRowsIfUnsorted: 10 }))).toEqual([25]);
  });

  it("puts fewer rows together if they are not sorted by time, or by id", () => {
    const limits = { maxRows: 40, maxRowsIfUnsorted: 20 };
    const backwards = (times: EdgeTimes): ChunkEntry[] =>
      [30, 20, 10, 0].map((time, index) => ({
        ...entryAt(times, index * 10, 10),
        edges: entryAt(times, time, 10).edges,
      }));
    expect(rowsOf(pack(backwards, limits))).toEqual([20, 20]);
    const within = (times: EdgeTimes): ChunkEntry[] =>
      inOrder(4)(times).map((entry) => ({ ...entry, isSorted: false }));
    expect(rowsOf(pack(within, limits))).toEqual([20, 20]);
    const equalTimes = (times: EdgeTimes): ChunkEntry[] =>
      inOrder(4)(times).map((entry) => ({ ...entry, edges: times.add([BigInt64Array.of(5n)]) }));
    expect(rowsOf(pack(equalTimes, limits))).toEqual([40]);
  });

  it("says whether the row ids of the chunks overlap", () => {
    expect(pack(inOrder(2), {}).map(({ isInOrder }) => isInOrder)).toEqual([true]);
    const overlapping = (times: EdgeTimes): ChunkEntry[] => [entryAt(times, 0, 10), entryAt(times, 9, 10)];
    expect(pack(overlapping, {}).map(({ isInOrder }) => isInOrder)).toEqual([false]);
  });

  it("keeps groups of pictures whole, also over several chunks and limits", () => {
    // Key frames are rows 0 and 6 of the first chunk, and row 8 of the third.
    const keys = new Set(["0:0", "0:6", "20:8"]);
    const isCut = ({ place }: ChunkEntry, row: number): boolean => keys.has(`${place.offset}:${row}`);
    const segmentsOf = (packed: readonly PackedChunk[]): unknown[] =>
      packed.map(({ segments }) => segments.map(({ entry, from, to }) => [entry.place.offset, from, to]));
    expect(segmentsOf(pack(inOrder(3), { maxRows: 5 }, isCut))).toEqual([
      [[0, 0, 6]],
      [
        [0, 6, 10],
        [10, 0, 10],
        [20, 0, 8],
      ],
      [[20, 8, 10]],
    ]);
    expect(rowsOf(pack(inOrder(3), { maxRows: 28 }, isCut))).toEqual([28, 2]);
    // Frames before the first key frame are kept.
    expect(rowsOf(pack(inOrder(2), { maxRows: 5 }, () => false))).toEqual([20]);
  });
});
