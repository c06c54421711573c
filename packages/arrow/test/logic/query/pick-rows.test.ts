import { Float64, vectorFromArray, type Data } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { EMPTY_SOURCE, NULL_SOURCE, Runs } from "../../../dist/arrays/runs.js";
import type { Cells } from "../../../dist/query/cells.js";
import { RowPicker, rowsToTake } from "../../../dist/query/pick-rows.js";
import type { PreparedColumn } from "../../../dist/query/prepare.js";

type Range = readonly [source: number, start: number, count: number];

const VALUES = vectorFromArray([1, 2, 3], new Float64()).data[0] as Data;
const N: Range = [NULL_SOURCE, 0, 1];

function runsOf(ranges: readonly Range[]): Runs {
  const runs = new Runs();
  for (const range of ranges) runs.push(...range);
  return runs;
}

function cellsOf(keys: readonly number[], ranges: readonly Range[]): Cells {
  return { keys: Float64Array.from(keys), runs: runsOf(ranges) };
}

function columnOf(cells: Cells, more: Partial<PreparedColumn> = {}): PreparedColumn {
  const values = [VALUES, VALUES];
  const own = { cells, fillCells: cells, values, chunks: [], isAligned: false, constant: undefined };
  return { ...own, ...more } as unknown as PreparedColumn;
}

/** Each row that was picked, as its source and its row there. */
function rowsOf(runs: Runs): readonly (readonly [number, number])[] {
  const rows: [number, number][] = [];
  for (let run = 0; run < runs.size; run++)
    for (let row = 0; row < (runs.counts[run] as number); row++)
      rows.push([runs.sources[run] as number, (runs.starts[run] as number) + (runs.sources[run] === -1 ? 0 : row)]);
  return rows;
}

/** Picks the rows of keys, in batches of every size. */
function pick(
  column: PreparedColumn,
  keys: readonly number[],
  isFilled = false,
): readonly (readonly [number, number])[] {
  const results = [1, 2, 3, keys.length].map((size) => {
    const picker = new RowPicker(column, isFilled);
    const picked: (readonly [number, number])[] = [];
    for (let start = 0; start < keys.length; start += size) {
      const batch = keys.slice(start, start + size);
      const runs = picker.pick(Float64Array.from(batch));
      expect(runs.length).toBe(batch.length);
      picked.push(...rowsOf(runs));
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
    const aligned = columnOf(cells, { isAligned: true });
    expect(pick(aligned, [1, 3, 4, 6, 9])).toEqual([
      [1, 5],
      [1, 6],
      [0, 0],
      [1, 7],
      [1, 8],
    ]);
    expect(new RowPicker(aligned, true).pick(cells.keys)).toBe(cells.runs);
  });
});

describe("the rows to take", () => {
  const picks = runsOf([[0, 1, 2], [1, 0, 2], N, [0, 3, 1]]);

  it("are those that were picked, unless the column has clears", () => {
    expect(rowsToTake(picks, columnOf(cellsOf([], [])))).toBe(picks);
  });

  it("are empty lists where a row clears", () => {
    const taken = rowsToTake(picks, columnOf(cellsOf([], []), { values: [VALUES, undefined] }));
    const first = (array: Int32Array | Float64Array): number[] => Array.from(array.subarray(0, taken.size));
    expect(first(taken.sources)).toEqual([0, EMPTY_SOURCE, NULL_SOURCE, 0]);
    expect([first(taken.starts), first(taken.counts)]).toEqual([
      [1, 0, 0, 3],
      [2, 2, 1, 1],
    ]);
  });
});
