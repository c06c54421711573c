import { describe, expect, it } from "vitest";
import {
  checkQueryOptions,
  QUERY_OPTIONS,
  resolveSelection,
  type QueryOptions,
  type RowSelection,
} from "../../../dist/query/query-options.js";
import { storeOf } from "../stores.ts";

const store = storeOf({ timelines: { f: "sequence", t: "timestamp", d: "duration" } });
const FIRST = -(2n ** 63n);
const LAST = 2n ** 63n - 1n;

function select(options: unknown, isLive = false): RowSelection | undefined {
  checkQueryOptions("query", options as QueryOptions, QUERY_OPTIONS);
  return resolveSelection(store, options as QueryOptions, isLive);
}

function rowsOf(options: QueryOptions): unknown {
  const { index, from, to, values } = select(options) as RowSelection;
  return { index: index?.name, from, to, values: values && [...values] };
}

describe("the rows that a query selects", () => {
  const none = { from: FIRST, to: LAST, values: undefined };
  it.for<[QueryOptions, object]>([
    [{ index: "f" }, { index: "f" }],
    [{ index: null }, { index: undefined }],
    [{ index: "f", range: {} }, { index: "f" }],
    [
      { index: "f", range: { from: 3 } },
      { index: "f", from: 3n },
    ],
    [
      { index: "f", range: { to: -3 } },
      { index: "f", to: -3n },
    ],
    [{ index: "f", range: { from: FIRST, to: LAST } }, { index: "f" }],
    [
      { index: "t", range: { from: new Date(5) } },
      { index: "t", from: 5_000_000n },
    ],
    [
      { index: "d", range: { to: { duration: { millis: 5 } } } },
      { index: "d", to: 5_000_000n },
    ],
    [
      { index: "d", range: { to: 5n } },
      { index: "d", to: 5n },
    ],
    [
      { index: "f", usingIndexValues: [] },
      { index: "f", values: [] },
    ],
    [
      { index: "f", usingIndexValues: [3, 1n, 2] },
      { index: "f", values: [1n, 2n, 3n] },
    ],
    [
      { index: "f", usingIndexValues: [1, 2, 2 ** 35] },
      { index: "f", values: [1n, 2n, 2n ** 35n] },
    ],
    [
      { index: "t", usingIndexValues: BigInt64Array.of(9n, 7n) },
      { index: "t", values: [7n, 9n] },
    ],
    [{ index: "f", batchRows: 1, typeConflicts: "skip" }, { index: "f" }],
    [{ index: "f", typeConflicts: "error" }, { index: "f" }],
  ])("with %o are %o", ([options, expected]) => {
    expect(rowsOf(options)).toEqual({ ...none, ...expected });
  });

  it("do not depend on what happens to the array of index values", () => {
    const given = BigInt64Array.of(1n, 2n);
    const selection = select({ index: "f", usingIndexValues: given });
    given.fill(0n);
    expect([...(selection?.values ?? [])]).toEqual([1n, 2n]);
  });

  it("are none of a live recording that lacks the timeline yet", () => {
    expect(select({ index: "later" }, true)).toBeUndefined();
    expect(select({ index: "f" }, true)?.index?.name).toBe("f");
    expect(select({ index: null }, true)).toMatchObject({ index: undefined });
  });
});

describe("a query rejects", () => {
  it.for<[unknown, string]>([
    [undefined, "`options` must be an object with an `index`, got undefined"],
    [{ options: null }.options, "`options` must be an object with an `index`, got null"],
    ["f", '`options` must be an object with an `index`, got "f"'],
    [{ index: "f", batchRow: 5 }, "batchRow"],
    [{ index: "f", batchRows: 0 }, "`batchRows` must be a positive integer, got 0"],
    [{ index: "f", batchRows: 1.5 }, "`batchRows` must be a positive integer, got 1.5"],
    [{ index: "f", typeConflicts: "drop" }, '`typeConflicts` must be "error" or "skip", got "drop"'],
    [{ index: "g" }, '`index` cannot be "g": the timelines of the recording are "d", "f", "t"'],
    [{}, "or null, got undefined"],
    [{ index: null, range: {} }, "`range` and `usingIndexValues` need an `index`, but that is null"],
    [{ index: null, usingIndexValues: [] }, "`range` and `usingIndexValues` need an `index`, but that is null"],
    [{ index: "f", range: null }, "`range` must be an object with `from`, `to` or both, got null"],
    [{ index: "f", range: [1, 2] }, "`range` must be an object with `from`, `to` or both"],
    [{ index: "f", range: 5 }, "`range` must be an object with `from`, `to` or both, got 5"],
    [{ index: "f", range: { from: 1, until: 2 } }, "`range` must be an object with `from`, `to` or both"],
    [{ index: "f", range: { from: new Date(5) } }, "`range.from` must be a sequence, as the timeline f"],
    [{ index: "t", range: { to: 5 } }, "`range.to` must be a timestamp, as the timeline t"],
    [{ index: "d", range: { to: 5 } }, "`range.to` must be a duration, as the timeline d"],
    [{ index: "f", range: { to: LAST + 1n } }, "`range.to` must be in the range of 64-bit integers"],
    [{ index: "f", range: { to: FIRST - 1n } }, "`range.to` must be in the range of 64-bit integers"],
    [{ index: "f", range: { to: 0.5 } }, "`range.to` "],
    [{ index: "f", usingIndexValues: 5 }, "`usingIndexValues` must be an array of times, got 5"],
    [{ index: "f", usingIndexValues: [1, 2, 1] }, "`usingIndexValues` must be distinct, got 1 more than once"],
    [{ index: "f", usingIndexValues: [4, 4] }, "`usingIndexValues` must be distinct, got 4 more than once"],
  ])("%o", ([options, message]) => {
    expect(() => select(options)).toThrow(message);
  });

  it("an index that is no name, also of a live recording, and any of a recording without timelines", () => {
    expect(() => select({ index: 5 }, true)).toThrow("got 5");
    expect(() => resolveSelection(storeOf({}), { index: "f" }, false)).toThrow(
      '`index` cannot be "f": the recording has no timeline',
    );
  });

  it("a time with the reason as the cause of the error", () => {
    expect(() => select({ index: "f", range: { to: 0.5 } })).toThrow(
      expect.objectContaining({ cause: expect.any(Error) as unknown }) as Error,
    );
  });
});
