import { Float64, vectorFromArray, type Data } from "apache-arrow";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  resolveCells,
  compareRowIds,
  latestRows,
  type ChunkSlice,
  type ResolvedCells,
} from "../../../dist/query/resolve-cells.js";
import { orderOf, type Keys } from "../../../dist/query/index-keys.js";

type Value = number | null;
/** A row of a source: its key, its row id, and whether it has a value. */
type Row = readonly [key: number, id: number, value: Value];

function dataOf(values: readonly Value[]): Data {
  return vectorFromArray(values, new Float64()).data[0] as Data;
}

function keysOf(values: readonly number[]): Keys {
  const keys = Float64Array.from(values);
  return { values: keys, order: orderOf(keys) };
}

function rowIdsOf(ids: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(ids.length * 16);
  for (const [row, id] of ids.entries()) new DataView(bytes.buffer).setUint32(row * 16 + 10, id);
  return bytes;
}

function sourceOf(rows: readonly Row[]): ChunkSlice {
  return {
    keys: keysOf(rows.map(([key]) => key)),
    rowIds: rowIdsOf(rows.map(([, id]) => id)),
    values: dataOf(rows.map(([, , value]) => value)),
  };
}

/** A source that clears in some of its rows. */
function clearOf(rows: readonly (readonly [key: number, id: number])[], chosen?: readonly number[]): ChunkSlice {
  return {
    keys: keysOf(rows.map(([key]) => key)),
    rowIds: rowIdsOf(rows.map(([, id]) => id)),
    values: undefined,
    rows: chosen,
  };
}

/** The cells as key, source and row. */
function listOf({ keys, ranges }: ResolvedCells): readonly (readonly [number, number, number])[] {
  const list: [number, number, number][] = [];
  for (let range = 0; range < ranges.size; range++)
    for (let row = 0; row < (ranges.counts[range] as number); row++)
      list.push([keys[list.length] as number, ranges.sources[range] as number, (ranges.starts[range] as number) + row]);
  expect(keys.length).toBe(list.length);
  expect(ranges.length).toBe(list.length);
  return list;
}

describe("the cells of a column", () => {
  it("are the rows of its only source, whose keys are not copied", () => {
    const source = sourceOf([
      [1, 1, 10],
      [3, 2, 30],
    ]);
    const cells = resolveCells([source]);
    expect(cells.keys).toBe(source.keys.values);
    expect([cells.ranges.size, cells.ranges.hasNullSource]).toEqual([1, false]);
    expect(listOf(cells)).toEqual([
      [1, 0, 0],
      [3, 0, 1],
    ]);
  });

  it("are whole ranges of sources that follow each other, in the order of their keys", () => {
    const [first, second] = [
      sourceOf([
        [5, 1, 1],
        [6, 2, 1],
      ]),
      sourceOf([
        [1, 3, 1],
        [4, 4, 1],
      ]),
    ];
    const cells = resolveCells([first, sourceOf([]), second]);
    expect(cells.ranges.size).toBe(2);
    expect(listOf(cells)).toEqual([
      [1, 2, 0],
      [4, 2, 1],
      [5, 0, 0],
      [6, 0, 1],
    ]);
  });

  it("are sorted where a source without rows lies between two that overlap", () => {
    const around = sourceOf([
      [-5, 1, 1],
      [7, 2, 1],
    ]);
    const cells = resolveCells([around, sourceOf([]), sourceOf([[3, 3, 1]])]);
    expect(listOf(cells)).toEqual([
      [-5, 0, 0],
      [3, 2, 0],
      [7, 0, 1],
    ]);
  });

  it("are none without sources and without rows", () => {
    expect(listOf(resolveCells([]))).toEqual([]);
    expect(listOf(resolveCells([sourceOf([])]))).toEqual([]);
    expect(listOf(resolveCells([sourceOf([[1, 1, null]])]))).toEqual([]);
  });

  it("are those of the greatest row id where several have one key, whichever source is first", () => {
    const older = sourceOf([
      [1, 1, 0],
      [2, 9, 0],
    ]);
    const newer = sourceOf([
      [2, 3, 0],
      [4, 4, 0],
    ]);
    const expected = (old: number, young: number): unknown => [
      [1, old, 0],
      [2, old, 1],
      [4, young, 1],
    ];
    expect(listOf(resolveCells([older, newer]))).toEqual(expected(0, 1));
    expect(listOf(resolveCells([newer, older]))).toEqual(expected(1, 0));
    const sameKey = sourceOf([
      [7, 5, 0],
      [7, 4, 0],
      [7, 6, null],
    ]);
    expect(listOf(resolveCells([sameKey]))).toEqual([[7, 0, 0]]);
  });

  it("are values, not the clear in their own row, and clears of later rows", () => {
    const value = sourceOf([[1, 1, 10]]);
    expect(listOf(resolveCells([value, clearOf([[1, 1]])]))).toEqual([[1, 0, 0]]);
    expect(listOf(resolveCells([value, clearOf([[1, 2]])]))).toEqual([[1, 1, 0]]);
    expect(listOf(resolveCells([sourceOf([[1, 3, 10]]), clearOf([[1, 2]])]))).toEqual([[1, 0, 0]]);
  });

  it("of a source with chosen rows are those rows", () => {
    const clears = clearOf(
      [
        [0, 1],
        [2, 2],
        [5, 3],
      ],
      [1],
    );
    expect(listOf(resolveCells([clears]))).toEqual([[2, 0, 1]]);
    expect(listOf(resolveCells([sourceOf([[3, 1, 1]]), clears]))).toEqual([
      [2, 1, 1],
      [3, 0, 0],
    ]);
    const latest = { ...sourceOf([1, 2, 3, 4].map((key) => [key, key, key])), rows: [0, 3], areLatest: true };
    expect(listOf(resolveCells([latest, sourceOf([[9, 9, 9]])]))).toEqual([
      [1, 0, 0],
      [4, 0, 3],
      [9, 1, 0],
    ]);
  });

  it("are the newest value of each key, in the order of keys, for any sources", () => {
    const row = fc.tuple(fc.nat(8), fc.nat(1000), fc.option(fc.nat(9)));
    const sorted = (rows: Row[]): Row[] => rows.sort(([a], [b]) => a - b);
    const rows = fc.oneof(fc.array(row, { maxLength: 8 }), fc.array(row, { maxLength: 8 }).map(sorted));
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 5 }), (all) => {
        // Row ids are distinct.
        let place = 0;
        const sources = all.map((source) => source.map(([key, id, value]): Row => [key, id * 1000 + place++, value]));
        const newest = new Map<number, { id: number; cell: readonly [number, number, number] }>();
        for (const [source, list] of sources.entries())
          for (const [at, [key, id, value]] of list.entries())
            if (value !== null && id > (newest.get(key)?.id ?? -1)) newest.set(key, { id, cell: [key, source, at] });
        const expected = [...newest.values()].map(({ cell }) => cell).sort(([a], [b]) => a - b);
        expect(listOf(resolveCells(sources.map(sourceOf)))).toEqual(expected);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe("the rows that can be the latest ones at given keys", () => {
  const source = sourceOf([10, 20, 30, 40, 50, 60].map((key) => [key, key, key]));
  it.for([
    { wanted: [], rows: [] },
    { wanted: [5], rows: [] },
    { wanted: [10], rows: [0] },
    { wanted: [25, 26, 27], rows: [1] },
    { wanted: [0, 20, 39], rows: [1, 2] },
    { wanted: [55, 60, 61, 62, 63, 64, 65], rows: [4, 5] },
    { wanted: [70, 80], rows: [5] },
    { wanted: [10, 20, 30, 40, 50, 60], rows: undefined },
    { wanted: [10, 20, 30, 40, 50, 61], rows: undefined },
    { wanted: [10, 20, 30, 40, 61, 62], rows: [0, 1, 2, 3, 5] },
  ])("$wanted are $rows", ({ wanted, rows }) => {
    const found = latestRows(source, Float64Array.from(wanted));
    expect(found === undefined ? undefined : [...found]).toEqual(rows);
  });

  it("are not looked for where keys are not rising, rows are chosen, or the source clears", () => {
    const wanted = Float64Array.of(1);
    expect(
      latestRows(
        sourceOf([
          [1, 1, 1],
          [1, 2, 1],
        ]),
        wanted,
      ),
    ).toBeUndefined();
    expect(latestRows({ ...source, rows: [1] }, wanted)).toBeUndefined();
    expect(
      latestRows(
        clearOf([
          [1, 1],
          [2, 2],
        ]),
        wanted,
      ),
    ).toBeUndefined();
  });

  it("are the last ones with a value up to each key, each once", () => {
    const values = fc.array(fc.option(fc.nat(9)), { minLength: 1, maxLength: 40 });
    const wantedKeys = fc.uniqueArray(fc.integer({ min: -3, max: 130 }), { maxLength: 12 });
    fc.assert(
      fc.property(values, wantedKeys, (list, wanted) => {
        wanted.sort((a, b) => a - b);
        const rows = list.map((value, index): Row => [index * 3, index, value]);
        const found = latestRows(sourceOf(rows), Float64Array.from(wanted));
        if (found === undefined) return;
        const latest = wanted.map((key) => rows.findLastIndex(([own, , value]) => own <= key && value !== null));
        expect([...found]).toEqual([...new Set(latest.filter((row) => row >= 0))]);
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

describe("row ids", () => {
  it("are compared byte by byte, from the first of 16", () => {
    for (let at = 0; at < 16; at++) {
      const [low, high] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(7)];
      high[16 + at] = 8;
      // What is behind it does not count.
      low.fill(9, 17 + at);
      expect(compareRowIds(low, 1, high, 1)).toBeLessThan(0);
      expect(compareRowIds(high, 1, low, 1)).toBeGreaterThan(0);
    }
    expect(compareRowIds(new Uint8Array(32), 0, new Uint8Array(32), 1)).toBe(0);
    // The bytes of the next row do not count.
    expect(compareRowIds(new Uint8Array(32), 0, new Uint8Array(32).fill(1, 16), 0)).toBe(0);
  });
});
