import { describe, expect, it } from "vitest";
import { bounds, planColumn } from "../../../dist/query/plan-chunks.js";
import { byEntity } from "../../../dist/store/store-index.js";
import type { RowSelection } from "../../../dist/query/query-options.js";
import type { ChunkInfo, ComponentColumn, TimeSpan } from "../../../dist/store/chunk-info.js";

const FIRST = -(2n ** 63n);
const LAST = 2n ** 63n - 1n;

function spanOf(start: number, end: number): TimeSpan {
  return { start: BigInt(start), end: BigInt(end) };
}

/** A chunk whose id says what it has: of the component `x`, by default at all its times. */
function chunkOf(id: string, times: TimeSpan | undefined, own: TimeSpan | undefined = times): ChunkInfo {
  return {
    id,
    entityPath: "/a",
    rows: 2,
    timelines: new Map(times === undefined ? [] : [["f", times]]),
    components: new Map([["x", { rows: 2, times: new Map(own === undefined ? [] : [["f", own]]) }]]),
    place: { offset: 0, length: 0 },
  };
}

function selectionOf(from: bigint = FIRST, to: bigint = LAST, values?: readonly bigint[]): RowSelection {
  const index = { name: "f" } as NonNullable<RowSelection["index"]>;
  return { index, from, to, values: values === undefined ? undefined : BigInt64Array.from(values) };
}

const column = { entityPath: "/a", component: "x" } as ComponentColumn;

function plan(chunks: readonly ChunkInfo[], selection: RowSelection, isFilled = false): unknown {
  const { isStatic, chunks: chosen } = planColumn(column, byEntity(chunks), selection, isFilled);
  return isStatic ? ["static", ...chosen.map(({ id }) => id)] : chosen.map(({ id }) => id);
}

describe("the chunks that a column needs", () => {
  const chunks = [
    chunkOf("0-9", spanOf(0, 9)),
    chunkOf("10-19", spanOf(10, 19)),
    chunkOf("5-14", spanOf(5, 14)),
    chunkOf("20-29", spanOf(20, 29)),
    chunkOf("40 of 30-49", spanOf(30, 49), spanOf(40, 40)),
  ];

  it.for<[string, bigint, bigint, boolean, string[]]>([
    ["all", FIRST, LAST, false, ["0-9", "10-19", "5-14", "20-29", "40 of 30-49"]],
    ["those in a range", 10n, 19n, false, ["10-19", "5-14"]],
    ["those that end with the first time", 9n, 9n, false, ["0-9", "5-14"]],
    ["those that begin with the last time", 15n, 20n, false, ["10-19", "20-29"]],
    ["none before their component's first time", 30n, 39n, false, []],
    ["none after their component's last time", 41n, 49n, false, []],
    ["the latest ones before, to fill", 22n, 25n, true, ["10-19", "20-29"]],
    ["one that ends with the first time, to fill", 14n, 14n, true, ["10-19", "5-14"]],
    ["all up to the last time, to fill without one before", 3n, 12n, true, ["0-9", "10-19", "5-14"]],
    ["the last one, to fill behind all", 60n, 70n, true, ["40 of 30-49"]],
    ["none, to fill before all", -9n, -5n, true, []],
  ])("are %s", ([, from, to, isFilled, ids]) => {
    expect(plan(chunks, selectionOf(from, to), isFilled)).toEqual(ids);
    expect(plan(chunks, selectionOf(FIRST, LAST, [from, to]), isFilled)).toEqual(ids);
  });

  it("are the static ones only, if there are some", () => {
    expect(plan([...chunks, chunkOf("s", undefined), chunkOf("t", undefined)], selectionOf())).toEqual([
      "static",
      "s",
      "t",
    ]);
    const selection = { ...selectionOf(), index: undefined };
    expect(plan(chunks, selection)).toEqual(["static"]);
  });

  it("have the component, of the entity, on the timeline", () => {
    const other = { ...chunkOf("other component", spanOf(0, 1)), components: new Map() };
    const elsewhere = { ...chunkOf("other entity", spanOf(0, 1)), entityPath: "/b" };
    const offTimeline = { ...chunkOf("other timeline", undefined), timelines: new Map([["g", spanOf(0, 1)]]) };
    // The times of the component are not in every index: then those of all rows count.
    const unknown = chunkOf("unknown times", spanOf(0, 1), spanOf(0, 1));
    const coarse = { ...unknown, components: new Map([["x", { rows: 1, times: new Map() }]]) };
    expect(plan([other, elsewhere, offTimeline, coarse], selectionOf())).toEqual(["unknown times"]);
    expect(plan([elsewhere], selectionOf())).toEqual([]);
  });
});

it("chunks are grouped by entity, in their order", () => {
  const list = [chunkOf("1", undefined), { ...chunkOf("2", undefined), entityPath: "/b" }, chunkOf("3", undefined)];
  const groups = [...byEntity(list)].map(([path, chunks]) => [path, chunks.map(({ id }) => id)]);
  expect(groups).toEqual([
    ["/a", ["1", "3"]],
    ["/b", ["2"]],
  ]);
});

it.for<[bigint, bigint, bigint[] | undefined, [bigint, bigint]]>([
  [1n, 9n, undefined, [1n, 9n]],
  [1n, 9n, [3n, 5n, 7n], [3n, 7n]],
  [4n, 6n, [3n, 5n, 7n], [4n, 6n]],
  [3n, 7n, [3n, 7n], [3n, 7n]],
  [1n, 9n, [4n], [4n, 4n]],
  [1n, 9n, [], [1n, 0n]],
])("the rows from %s to %s at %s are in the bounds %s", ([from, to, values, expected]) => {
  expect(bounds(selectionOf(from, to, values))).toEqual(expected);
});
