import type { ComponentType } from "@rerun-ts/core";
import type { PrimitiveBuilder } from "@rerun-ts/core/encode";
import { TestNumber } from "@rerun-ts/test-support/common/messages";
import { describe, expect, it } from "vitest";
import { convertColumns, cutChunks, type ColumnsLike } from "../../../dist/batch/column-chunks.js";
import type { LoggedChunk, ChunkComponent } from "../../../dist/batch/logged-chunk.js";
import { ComponentColumn } from "../../../dist/batch/component-column.js";
import type { ColumnTable } from "../../../dist/batch/column-table.js";
import { RowIdColumn, TuidGenerator } from "../../../dist/batch/tuid.js";
import { TimeColumn } from "../../../dist/time/time-column.js";
import { TimelineRegistry } from "../../../dist/time/timeline.js";

/** A component with one number per instance. */
const Numbers: ComponentType<readonly number[]> = {
  ...TestNumber,
  append: (values, target) => TestNumber.append(values, target, -1),
};

function columnOf(component: string, values: unknown, lengths?: ComponentColumn["lengths"]): ComponentColumn {
  const field = { descriptor: { component }, type: Numbers as ComponentType, label: component };
  return new ComponentColumn(field, values, lengths);
}

function frames(...values: readonly number[]): TimeColumn {
  return TimeColumn.sequence("frame", values);
}

/** The cells of a column: a list of numbers, or null, for each row. */
function cellsOf({ cells }: ChunkComponent, from = 0, to = cells.length): (readonly number[] | null)[] {
  const { data } = cells.item as PrimitiveBuilder;
  return Array.from({ length: to - from }, (_, index) => {
    const row = from + index;
    const [start, end] = [cells.itemCount(0, row), cells.itemCount(0, row + 1)];
    if (!cells.isValid(row)) return null;
    return Array.from({ length: end - start }, (_value, at) => data.view.getFloat64((start + at) * 8, true));
  });
}

function convert(times: ColumnsLike["times"], columns: ColumnsLike["columns"], registry = new TimelineRegistry()) {
  const labels: string[] = [];
  let table: ColumnTable | undefined;
  let error: unknown;
  try {
    table = convertColumns({ times, columns }, registry, (label) => labels.push(label));
  } catch (thrown) {
    error = thrown;
  }
  return { table, error: error as Error | undefined, label: labels.at(-1), registry };
}

/** The table as plain data: the times of each timeline, the cells of each component. */
function plain(table: ColumnTable | undefined) {
  if (table === undefined) return undefined;
  return {
    rows: table.rows,
    times: table.times.map(({ name, bytes }) => [name, ...new BigInt64Array(bytes.slice().buffer)]),
    cells: Object.fromEntries(table.cells.map((column) => [column.field.label, cellsOf(column)])),
  };
}

describe("columns", () => {
  it("have one instance in each row, or as many as they are partitioned into", () => {
    const { table } = convert(frames(1, 2, 3), [
      columnOf("one", [1, 2, 3]),
      columnOf("two", [1, 2, 3, 4, 5, 6], 2),
      columnOf("many", [1, 2, 3], [2, 0, 1]),
      columnOf("some", [1, 2], [1, null, 1]),
    ]);
    expect(plain(table)).toEqual({
      rows: 3,
      times: [["frame", 1n, 2n, 3n]],
      cells: {
        one: [[1], [2], [3]],
        two: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        many: [[1, 2], [], [3]],
        some: [[1], null, [2]],
      },
    });
  });

  it("may be lists of lists, and may be empty", () => {
    expect(plain(convert([], [[[columnOf("a", [1])], columnOf("b", [2])]] as never).table)).toEqual({
      rows: 1,
      times: [],
      cells: { a: [[1]], b: [[2]] },
    });
    expect(plain(convert([], []).table)).toEqual({ rows: 0, times: [], cells: {} });
    expect(plain(convert(frames(), [columnOf("a", [])]).table)?.rows).toBe(0);
    // Null is not a value.
    expect(plain(convert(frames(), [columnOf("a", null)]).table)?.rows).toBe(0);
  });

  it("may have a list for each row only where curves do", () => {
    const nested = [[1, 2], Float64Array.of(3)];
    expect(plain(convert([], [columnOf("Scalars:scalars", nested)]).table)?.cells["Scalars:scalars"]).toEqual([
      [1, 2],
      [3],
    ]);
    for (const flat of [[1, 2], [], [[1], 2]])
      expect(plain(convert([], [columnOf("Scalars:scalars", flat)]).table)?.rows).toBe(flat.length);
    expect(plain(convert([], [columnOf("Scalars:scalars", [1, 2], 2)]).table)?.cells["Scalars:scalars"]).toEqual([
      [1, 2],
    ]);
  });

  it("are sorted by time, and rows at equal times keep their order", () => {
    const times = [frames(3, 1, 2, 1), TimeColumn.sequence("at", [0, 9, 0, -(2 ** 40)])];
    expect(plain(convert(times, [columnOf("a", [1, 2, 3, 4], [2, 1, null, 1])]).table)).toEqual({
      rows: 4,
      times: [
        ["at", -(2n ** 40n), 0n, 0n, 9n],
        ["frame", 1n, 2n, 3n, 1n],
      ],
      cells: { a: [[4], null, [1, 2], [3]] },
    });
    const equal = convert(frames(1, 0, 1, 0), [columnOf("a", [1, 2, 3, 4])]).table;
    expect(plain(equal)?.cells["a"]).toEqual([[2], [4], [1], [3]]);
    // The low halves of times are unsigned.
    const large = convert(frames(2 ** 31, 1, 2 ** 32), [columnOf("a", [1, 2, 3])]).table;
    expect(plain(large)?.times).toEqual([["frame", 1n, 2n ** 31n, 2n ** 32n]]);
  });

  it("are not copied if they are sorted already, by the first timeline before the second", () => {
    for (const times of [
      [frames(1, 1, 2)],
      [TimeColumn.sequence("a", [1, 2, 3]), TimeColumn.sequence("b", [3, 2, 1])],
    ]) {
      const { table } = convert(times, [columnOf("x", [1, 2, 3])]);
      expect(table?.times).toEqual(times);
      expect(table?.times[0]).toBe(times[0]);
    }
  });

  it("must be components and times, of as many rows as the first", () => {
    for (const [times, columns, label, message] of [
      [5, [columnOf("a", [1])], "times", "a TimeColumn or an array of TimeColumns, got 5"],
      [[5], [columnOf("a", [1])], "times", "a TimeColumn or an array of TimeColumns, got 5"],
      [[], 5, "columns", "columns of archetypes"],
      [[], null, "columns", "columns of archetypes"],
      [[], {}, "columns", "columns of archetypes"],
      [[], [5], "columns", "columns of archetypes"],
      [[], [null], "columns", "columns of archetypes"],
      [[], [{}], "columns", "columns of archetypes"],
      [frames(1), [], "columns", "at least one component, got none"],
      [
        frames(1, 2, 3),
        [columnOf("a", [1, 2])],
        "a",
        "3 rows (several instances per row? `.partition(lengths)`), got 2",
      ],
      [[], [columnOf("a", [1, 2]), columnOf("b", [1, 2, 3])], "b", "2 rows"],
      [[frames(1, 2), TimeColumn.sequence("t", [1])], [columnOf("a", [1, 2])], 'TimeColumn "t"', "got 1 rows"],
      [[frames(1), frames(1)], [columnOf("a", [1])], 'TimeColumn "frame"', "the only column of its timeline"],
      [[], [columnOf("a", [1]), columnOf("a", [1])], "a", "has two columns: send one"],
      [[], [columnOf("a", [1, 2, 3], 2)], "a", "a divisor of 3, the number of instances, got 2"],
      [[], [columnOf("a", [1, 2, 3], [1, 1])], "a", "sum to 3, the number of instances, got the sum 2"],
      [[], [columnOf("a", [1], [-1, 2])], "a", "non-negative integers or null, got -1"],
      [[], [columnOf("a", [1], [0.5, 0.5])], "a", "non-negative integers or null, got 0.5"],
      [[], [columnOf("a", [1], ["1"] as never)], "a", 'non-negative integers or null, got "1"'],
    ] as const) {
      const { error, label: failed, table } = convert(times as never, columns as never);
      expect([table, failed, error?.message]).toEqual([undefined, label, expect.stringContaining(message)]);
    }
  });

  it("leave no timelines behind if they are invalid", () => {
    const { registry } = convert(frames(1, 2), [columnOf("a", [1, 2, 3])]);
    expect(registry.get("frame")).toBeUndefined();
    convert(frames(1), [columnOf("a", [1])], registry);
    expect(registry.get("frame")).toEqual({ name: "frame", kind: "sequence" });
    const { error } = convert(TimeColumn.duration("frame", [1]), [columnOf("a", [1])], registry);
    expect(error?.message).toContain("sequence");
  });
});

describe("columns are cut into chunks", () => {
  function cut(table: ColumnTable | undefined, maxBytes: number): { chunks: LoggedChunk[]; next: number } {
    const ids = new TuidGenerator();
    Object.assign(ids, { incHi: 0, incLo: 0 });
    const chunks: LoggedChunk[] = [];
    const registry = new TimelineRegistry();
    const next = (): TuidGenerator => {
      ids.skip(1);
      return ids;
    };
    for (const chunk of cutChunks(table as ColumnTable, "/x", registry, maxBytes, { next, rows: new RowIdColumn() }))
      chunks.push({ ...chunk, rowIds: chunk.rowIds.slice() });
    return { chunks, next: ids.incLo };
  }
  const lastBytes = ({ rowIds }: LoggedChunk): number[] =>
    Array.from({ length: rowIds.length / 16 }, (_, row) => rowIds[row * 16 + 15] as number);

  it("of nearly the same number of rows, whose ids follow that of their chunk", () => {
    // A row takes 16 bytes for its id, 8 for its time, and 8 and 4 for its number and the offset of its list.
    const { table } = convert(frames(...Array(10).keys()), [
      columnOf("b", [...Array(10).keys()]),
      columnOf("a", [...Array(10).keys()]),
    ]);
    const { chunks, next } = cut(table, 200);
    expect(chunks.map(({ from, to }) => [from, to])).toEqual([
      [0, 3],
      [3, 6],
      [6, 10],
    ]);
    expect(chunks.map(lastBytes)).toEqual([
      [2, 3, 4],
      [6, 7, 8],
      [10, 11, 12, 13],
    ]);
    expect([chunks.map(({ id }) => id.incLo), next]).toEqual([[1, 5, 9], 13]);
    for (const { entityPath, times, components, from, to } of chunks) {
      expect([entityPath, components.map(({ field }) => field.label)]).toEqual(["/x", ["a", "b"]]);
      const [time] = times;
      expect([...new BigInt64Array((time as (typeof times)[0]).bytes.slice().buffer)]).toEqual(
        Array.from({ length: to - from }, (_, row) => BigInt(from + row)),
      );
      expect([time?.start.lo, time?.end.lo, time?.isSorted, time?.timeline]).toEqual([
        from,
        to - 1,
        true,
        { name: "frame", kind: "sequence" },
      ]);
    }
  });

  it("of a size of about the limit, which all columns, ids and times share", () => {
    const rows = 1000;
    const { table } = convert(
      [frames(...Array(rows).keys()), TimeColumn.sequence("t", Array(rows).fill(0))],
      [columnOf("a", [...Array(rows).keys()])],
    );
    const bytes = rows * (16 + 2 * 8) + (table?.cells[0]?.cells.byteLength ?? 0);
    expect(cut(table, bytes).chunks.length).toBe(1);
    expect(cut(table, bytes - 1).chunks.length).toBe(2);
    expect(cut(table, bytes / 4).chunks.length).toBe(4);
    expect(cut(table, 1).chunks.map(({ from, to }) => to - from)).toEqual(Array(rows).fill(1));
  });

  it("none without rows or without components", () => {
    expect(cut(convert(frames(), [columnOf("a", [])]).table, 100).chunks).toEqual([]);
    expect(cut(convert(frames(), []).table, 100).chunks).toEqual([]);
    expect(cut({ ...(convert(frames(1), [columnOf("a", [1])]).table as ColumnTable), cells: [] }, 100).chunks).toEqual(
      [],
    );
  });
});
