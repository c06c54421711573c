import { Float64, vectorFromArray, type Data } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { EMPTY_SOURCE, NULL_SOURCE, RowRanges } from "../../../dist/arrays/row-ranges.js";
import type { ResolvedCells } from "../../../dist/query/resolve-cells.js";
import { RowTaker, rowsToTake } from "../../../dist/query/row-taker.js";
import type { PreparedColumn } from "../../../dist/query/prepare-query.js";

type Range = readonly [source: number, start: number, count: number];

const VALUES = vectorFromArray([1, 2, 3], new Float64()).data[0] as Data;
const N: Range = [NULL_SOURCE, 0, 1];

function rangesOf(all: readonly Range[]): RowRanges {
  const ranges = new RowRanges();
  for (const range of all) ranges.push(...range);
  return ranges;
}

function cellsOf(keys: readonly number[], ranges: readonly Range[]): ResolvedCells {
  return { keys: Float64Array.from(keys), ranges: rangesOf(ranges) };
}

function columnOf(cells: ResolvedCells, more: Partial<PreparedColumn> = {}): PreparedColumn {
  const values = [VALUES, VALUES];
  const own = { cells, fillCells: cells, values, chunks: [], hasCellForEachRow: false, constant: undefined };
  return { ...own, ...more } as unknown as PreparedColumn;
}

/** Each row that was picked, as its source and its row there. */
function rowsOf(ranges: RowRanges): readonly (readonly [number, number])[] {
  const rows: [number, number][] = [];
  for (let range = 0; range < ranges.size; range++)
    for (let row = 0; row < (ranges.counts[range] as number); row++)
      rows.push([
        ranges.sources[range] as number,
        (ranges.starts[range] as number) + (ranges.sources[range] === -1 ? 0 : row),
      ]);
  return rows;
}

/** Picks the rows of keys, in batches of every size. */
function pick(
  column: PreparedColumn,
  keys: readonly number[],
  isFilled = false,
): readonly (readonly [number, number])[] {
  const results = [1, 2, 3, keys.length].map((size) => {
    const taker = new RowTaker(column, isFilled);
    const picked: (readonly [number, number])[] = [];
    for (let start = 0; start < keys.length; start += size) {
      const batch = keys.slice(start, start + size);
      const ranges = taker.take(Float64Array.from(batch));
      expect(ranges.length).toBe(batch.length);
      picked.push(...rowsOf(ranges));
    }
    return picked;
  });
  for (const result of results) expect(result).toEqual(results[0]);
  return results[0] ?? [];
}

describe("the rows of a column", () => {
  const cells = cellsOf(
    [1, 3, 4, 6, 9],
    [
      [1, 5, 2],
      [0, 0, 1],
      [1, 7, 2],
    ],
  );

  it("are those of cells with the same key, else null", () => {
    const keys = [0, 1, 2, 3, 4, 5, 6, 9, 10];
    expect(pick(columnOf(cells), keys)).toEqual([
      [-1, 0],
      [1, 5],
      [-1, 0],
      [1, 6],
      [0, 0],
      [-1, 0],
      [1, 7],
      [1, 8],
      [-1, 0],
    ]);
    expect(pick(columnOf(cells), [9])).toEqual([[1, 8]]);
  });

  it("are filled with the cell before", () => {
    expect(pick(columnOf(cells), [0, 1, 2, 5, 7, 8, 10], true)).toEqual([
      [-1, 0],
      [1, 5],
      [1, 5],
      [0, 0],
      [1, 7],
      [1, 7],
      [1, 8],
    ]);
  });

  it("are not filled after a clear, unless what fills has no clears", () => {
    const cleared = cellsOf(
      [1, 2, 4],
      [
        [0, 0, 1],
        [1, 0, 1],
        [0, 1, 1],
      ],
    );
    const values = [VALUES, undefined];
    expect(pick(columnOf(cleared, { values }), [1, 2, 3, 4, 5], true)).toEqual([
      [0, 0],
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, 1],
    ]);
    const fillCells = cellsOf([1, 4], [[0, 0, 2]]);
    expect(pick(columnOf(cleared, { values, fillCells }), [1, 2, 3, 4, 5], true)[2]).toEqual([0, 0]);
    expect(pick(columnOf(cleared, { values, fillCells }), [1, 2, 3, 4, 5])[2]).toEqual([-1, 0]);
  });

  it("are all the same of a static column, with or without filling", () => {
    const constant = { source: 1, row: 2 };
    for (const isFilled of [true, false])
      expect(pick(columnOf(cellsOf([], []), { constant }), [0, 7, 8], isFilled)).toEqual([0, 7, 8].map(() => [1, 2]));
    expect(pick(columnOf(cellsOf([], [])), [0, 7], true)).toEqual([
      [-1, 0],
      [-1, 0],
    ]);
  });

  it("are the cells in their order where there is one for each row", () => {
    const aligned = columnOf(cells, { hasCellForEachRow: true });
    expect(pick(aligned, [1, 3, 4, 6, 9])).toEqual([
      [1, 5],
      [1, 6],
      [0, 0],
      [1, 7],
      [1, 8],
    ]);
    expect(new RowTaker(aligned, true).take(cells.keys)).toBe(cells.ranges);
  });
});

describe("the rows to take", () => {
  const found = rangesOf([[0, 1, 2], [1, 0, 2], N, [0, 3, 1]]);

  it("are those that were found, unless the column has clears", () => {
    expect(rowsToTake(found, columnOf(cellsOf([], [])))).toBe(found);
  });

  it("are empty lists where a row clears", () => {
    const taken = rowsToTake(found, columnOf(cellsOf([], []), { values: [VALUES, undefined] }));
    const first = (array: Int32Array | Float64Array): number[] => Array.from(array.subarray(0, taken.size));
    expect(first(taken.sources)).toEqual([0, EMPTY_SOURCE, NULL_SOURCE, 0]);
    expect([first(taken.starts), first(taken.counts)]).toEqual([
      [1, 0, 0, 3],
      [2, 2, 1, 1],
    ]);
  });
});
