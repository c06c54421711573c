import type { ComponentType } from "@rerun-ts/core";
import type { PrimitiveBuilder } from "@rerun-ts/core/encode";
import { TestNumber } from "@rerun-ts/test-support/common/messages";
import { describe, expect, it } from "vitest";
import { ChunkBuilder } from "../../../dist/batch/chunk-builder.js";
import type { LoggedChunk } from "../../../dist/batch/logged-chunk.js";
import type { ComponentField } from "../../../dist/batch/component.js";
import { TimePoint } from "../../../dist/time/time-point.js";
import { TimelineRegistry } from "../../../dist/time/timeline.js";

const Small: ComponentType = {
  ...TestNumber,
  arrow: { type: "Float32" },
  createBuilder: () => TestNumber.createBuilder(),
};

function fieldOf(component: string, type: ComponentType = TestNumber as ComponentType): ComponentField {
  return { descriptor: { component }, type, label: component };
}

const [a, b, c] = ["a", "b", "c"].map((name) => fieldOf(name)) as [ComponentField, ComponentField, ComponentField];

function start(names: readonly string[] = ["frame"]) {
  const registry = new TimelineRegistry();
  const point = new TimePoint(registry, {});
  const timelines = names.map((name) => registry.resolve(name, "sequence"));
  for (const timeline of timelines) point.assign(timeline, 0, 0);
  const builder = new ChunkBuilder("/entity", point.set);
  let next = 0;
  /** Begins a row at these times: bigints, one for each timeline. */
  const begin = (...times: readonly bigint[]): void => {
    for (const [index, time] of times.entries()) {
      const timeline = timelines[index];
      if (timeline !== undefined) point.assign(timeline, Number(time & 0xffffffffn) | 0, Number(time >> 32n));
    }
    builder.beginRow(point);
  };
  const write = (field: ComponentField, values: readonly number[], guess = 0): void => {
    const column = builder.column(field, guess);
    TestNumber.append(values, column.cells.item, -1);
    builder.closeCell(column);
  };
  const end = (): boolean => builder.endRow({ timeHi: 1, timeLo: 2, incHi: 3, incLo: next++ });
  const log = (times: readonly bigint[], fields: readonly (readonly [ComponentField, readonly number[]])[]): void => {
    begin(...times);
    for (const [guess, [field, values]] of fields.entries()) write(field, values, guess);
    end();
  };
  return { builder, begin, write, end, log };
}

/** A chunk as plain data: the numbers of its ids, the times of each timeline, the cells of each component. */
function plain({ entityPath, from, to, rowIds, times, components }: LoggedChunk) {
  const view = new DataView(rowIds.buffer, rowIds.byteOffset, rowIds.byteLength);
  return {
    entityPath,
    range: [from, to],
    ids: Array.from({ length: rowIds.byteLength / 16 }, (_, row) => view.getUint32(row * 16 + 12)),
    times: Object.fromEntries(
      times.map(({ timeline, bytes, isSorted }) => [
        timeline.name,
        [isSorted, ...new BigInt64Array(bytes.slice().buffer)],
      ]),
    ),
    cells: Object.fromEntries(
      components.map(({ field, cells }) => {
        const { data } = cells.item as PrimitiveBuilder;
        const count = cells.item.length;
        const values = Array.from({ length: count }, (_, index) => data.view.getFloat64(index * 8, true));
        return [field.descriptor.component, { rows: cells.length, nulls: cells.nullCount, values }];
      }),
    ),
  };
}

const ID = { timeHi: 9, timeLo: 8, incHi: 7, incLo: 6 };

describe("rows become a chunk", () => {
  it("with their ids, times and components, which are sorted by name", () => {
    const { builder, log } = start();
    log(
      [5n],
      [
        [b, [1]],
        [a, [2, 3]],
      ],
    );
    log(
      [7n],
      [
        [b, [4]],
        [a, []],
      ],
    );
    const chunk = builder.finish(ID);
    expect([chunk.id, chunk.components.map(({ field }) => field)]).toEqual([ID, [a, b]]);
    expect(plain(chunk)).toEqual({
      entityPath: "/entity",
      range: [0, 2],
      ids: [0, 1],
      times: { frame: [true, 5n, 7n] },
      cells: { a: { rows: 2, nulls: 0, values: [2, 3] }, b: { rows: 2, nulls: 0, values: [1, 4] } },
    });
  });

  it("with nulls where a row lacks a component, before and after the first row with it", () => {
    const { builder, log } = start();
    log([1n], [[a, [1]]]);
    log([2n], [[b, [2]]]);
    log(
      [3n],
      [
        [a, [3]],
        [b, [4]],
      ],
    );
    log([4n], [[c, [5]]]);
    const { cells } = plain(builder.finish(ID));
    expect(cells).toEqual({
      a: { rows: 4, nulls: 2, values: [1, 3] },
      b: { rows: 4, nulls: 2, values: [2, 4] },
      c: { rows: 4, nulls: 3, values: [5] },
    });
  });

  it("of any number, and its memory grows with them", () => {
    const { builder, log } = start(["frame", "tick"]);
    const rows = 100;
    for (let row = 0; row < rows; row++) log([BigInt(row), BigInt(-row)], [[a, [row]]]);
    const { ids, times, cells } = plain(builder.finish(ID));
    const numbers = [...Array(rows).keys()];
    expect(ids).toEqual(numbers);
    expect(times["frame"]).toEqual([true, ...numbers.map(BigInt)]);
    expect(times["tick"]).toEqual([false, ...numbers.map((row) => BigInt(-row))]);
    expect(cells["a"]?.values).toEqual(numbers);
    expect(builder.byteLength).toBeGreaterThanOrEqual(rows * (16 + 2 * 8 + 8));
    expect(builder.byteLength).toBeLessThan(rows * (16 + 2 * 8 + 8 + 5));
  });

  it("without a row that has no component", () => {
    const { builder, log, begin, end } = start();
    begin(1n);
    expect(end()).toBe(false);
    expect(builder.rows).toBe(0);
    log([2n], [[a, [1]]]);
    begin(3n);
    expect(end()).toBe(false);
    expect(plain(builder.finish(ID)).times).toEqual({ frame: [true, 2n] });
  });

  it("without what a row wrote that was rolled back", () => {
    const { builder, log, begin, write } = start();
    log([1n], [[a, [1]]]);
    begin(9n);
    write(a, [50, 51]);
    write(b, [52]);
    TestNumber.append([53], builder.column(c, 2).cells.item, -1);
    builder.rollback();
    log([2n], [[b, [2]]]);
    expect(plain(builder.finish(ID))).toMatchObject({
      range: [0, 2],
      times: { frame: [true, 1n, 2n] },
      cells: { a: { rows: 2, nulls: 1, values: [1] }, b: { rows: 2, nulls: 1, values: [2] } },
    });
    expect(builder.finish(ID).components.length).toBe(2);
  });
});

describe("times are sorted", () => {
  it("as long as none is smaller than the one before, in all of their 64 bits", () => {
    for (const [times, isSorted] of [
      [[1n, 1n, 2n], true],
      [[2n, 1n], false],
      [[-1n, 0n], true],
      [[0n, -1n], false],
      [[-(2n ** 63n), 2n ** 63n - 1n], true],
      [[2n ** 32n - 1n, 2n ** 32n], true],
      [[2n ** 32n, 2n ** 32n - 1n], false],
      [[2n ** 31n - 1n, 2n ** 31n], true],
      [[2n ** 31n, 2n ** 31n - 1n], false],
      [[2n ** 33n, 2n ** 33n + 1n, 2n ** 33n], false],
    ] as const) {
      const { builder, log } = start();
      for (const time of times) log([time], [[a, [1]]]);
      expect([times, builder.isSorted]).toEqual([times, isSorted]);
      const [column] = builder.finish(ID).times;
      expect(column?.isSorted).toBe(isSorted);
    }
  });

  it("for a chunk only if they are on each timeline", () => {
    const { builder, log } = start(["frame", "tick"]);
    log([1n, 1n], [[a, [1]]]);
    log([2n, 0n], [[a, [1]]]);
    expect(builder.isSorted).toBe(false);
    expect(builder.finish(ID).times.map(({ isSorted }) => isSorted)).toEqual([true, false]);
  });

  it("again after the builder was emptied, from any time on", () => {
    const { builder, log } = start();
    for (const time of [5n, 4n]) log([time], [[a, [1]]]);
    builder.clear();
    expect(builder.isSorted).toBe(true);
    for (const time of [-(2n ** 63n), -5n]) log([time], [[a, [1]]]);
    expect(builder.isSorted).toBe(true);
  });

  it("and row that was rolled back does not count", () => {
    const { builder, log, begin } = start();
    log([1n], [[a, [1]]]);
    begin(9n);
    builder.rollback();
    log([2n], [[a, [1]]]);
    expect(builder.isSorted).toBe(true);
  });
});

describe("a component with another type", () => {
  const small = fieldOf("a", Small);

  it("closes the rows before it, and leaves the row under construction", () => {
    const { builder, log, begin, write, end } = start(["frame", "tick"]);
    log(
      [2n, 20n],
      [
        [a, [1]],
        [b, [2]],
      ],
    );
    log(
      [1n, 21n],
      [
        [a, [3]],
        [b, [4]],
      ],
    );
    builder.countedBytes = 77;
    begin(5n, 22n);
    write(b, [60, 61]);
    const column = builder.replaceColumn(builder.column(a, 1), small);
    TestNumber.append([7], column.cells.item, -1);
    builder.closeCell(column);
    expect(end()).toBe(true);
    const closed = builder.takeClosed();
    expect([closed?.rows, closed?.countedBytes, builder.rows, builder.countedBytes]).toEqual([2, 77, 1, 0]);
    expect(builder.takeClosed()).toBeUndefined();
    expect(plain(closed?.finish(ID) as LoggedChunk)).toMatchObject({
      entityPath: "/entity",
      ids: [0, 1],
      times: { frame: [false, 2n, 1n], tick: [true, 20n, 21n] },
      cells: { a: { rows: 2, values: [1, 3] }, b: { rows: 2, values: [2, 4] } },
    });
    expect(plain(builder.finish(ID))).toMatchObject({
      ids: [2],
      times: { frame: [true, 5n], tick: [true, 22n] },
      cells: { a: { rows: 1, values: [7] }, b: { rows: 1, values: [60, 61] } },
    });
    // The next rows use the new column.
    expect(builder.column(small, 5)).toBe(column);
    for (let row = 0; row < 20; row++)
      log(
        [6n, 22n],
        [
          [b, [row]],
          [small, [row]],
        ],
      );
    expect(plain(builder.finish(ID)).cells["a"]?.values).toEqual([7, ...Array(20).keys()]);
  });

  it("closes nothing if there are no rows", () => {
    const { builder, begin, write, end } = start();
    begin(1n);
    builder.column(a, 0);
    builder.replaceColumn(builder.column(a, 0), small);
    write(small, [1]);
    expect(end()).toBe(true);
    expect(builder.takeClosed()).toBeUndefined();
    expect(builder.finish(ID).components.map(({ field }) => field)).toEqual([small]);
  });
});

describe("a builder that was emptied", () => {
  it("keeps the columns that the last rows used, and no others", () => {
    const { builder, log } = start();
    log(
      [1n],
      [
        [a, [1]],
        [b, [2]],
      ],
    );
    const column = builder.column(a, 0);
    builder.clear();
    expect([builder.rows, builder.byteLength, builder.countedBytes]).toEqual([0, 0, 0]);
    log([2n], [[a, [3]]]);
    expect(builder.column(a, 5)).toBe(column);
    builder.clear();
    log([3n], [[b, [4]]]);
    expect(plain(builder.finish(ID))).toMatchObject({
      range: [0, 1],
      times: { frame: [true, 3n] },
      cells: { b: { rows: 1, nulls: 0, values: [4] } },
    });
    expect(builder.finish(ID).components.length).toBe(1);
  });

  it("forgets the row under construction and what was counted", () => {
    const { builder, log, begin, write, end } = start();
    log([1n], [[a, [1]]]);
    builder.countedBytes = 5;
    begin(2n);
    write(a, [9]);
    builder.clear();
    expect(builder.countedBytes).toBe(0);
    begin(3n);
    expect(end()).toBe(false);
  });

  it("releases memory that was far too much, step by step", () => {
    const { builder, log } = start();
    for (let row = 0; row < 1000; row++) log([BigInt(row)], [[a, [row]]]);
    const size = (): number => builder.finish(ID).rowIds.buffer.byteLength;
    const sizes = [size()];
    for (let turn = 0; turn < 12; turn++) {
      builder.clear();
      log([1n], [[a, [turn]]]);
      expect(plain(builder.finish(ID))).toMatchObject({ ids: [1000 + turn], times: { frame: [true, 1n] } });
      sizes.push(size());
    }
    // The first time its 1,000 rows were used.
    expect(sizes[1]).toBe(1024 * 24);
    expect(sizes[2]).toBe(512 * 24);
    expect(sizes.at(-1)).toBe(8 * 24);
    // What is used to an eighth stays.
    const { builder: busy, log: logBusy } = start();
    for (const rows of [64, 8, 8]) {
      for (let row = 0; row < rows; row++) logBusy([1n], [[a, [row]]]);
      expect(busy.finish(ID).rowIds.buffer.byteLength).toBe(64 * 24);
      busy.clear();
    }
  });

  it("borrows nothing", () => {
    const { builder, log } = start();
    expect(builder.isBorrowed).toBe(false);
    log(
      [1n],
      [
        [a, [1]],
        [b, [2]],
      ],
    );
    expect(builder.isBorrowed).toBe(false);
    Object.defineProperty(builder.column(b, 1).cells, "isBorrowed", { value: true });
    expect(builder.isBorrowed).toBe(true);
  });
});
