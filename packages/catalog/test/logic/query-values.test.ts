import { describe, expect, it } from "vitest";
import { resolveRows } from "../../dist/query-values.js";
import { storeOf } from "../../../reading/test/logic/stores.ts";

const STORE = storeOf({ timelines: { frame: "sequence", clock: "timestamp" } });

describe("the index values of a query of a dataset", () => {
  it("are those of all segments if they are an array", () => {
    for (const values of [[1n, 5n], BigInt64Array.of(1n, 5n)]) {
      const { selection, bySegment } = resolveRows(STORE, { index: "frame" }, values);
      expect(bySegment).toBeUndefined();
      expect(selection.values).toEqual(BigInt64Array.of(1n, 5n));
    }
  });

  it("are those of the data if there are none", () => {
    const { selection, bySegment } = resolveRows(STORE, { index: "frame", range: { from: 2 } }, undefined);
    expect([selection.values, selection.from, bySegment]).toEqual([undefined, 2n, undefined]);
  });

  it("are those of each segment if they are an object or a Map, in the order of time", () => {
    const bySegment = { a: [5, 1], b: BigInt64Array.of(7n), none: [] };
    for (const values of [bySegment, new Map<string, readonly number[] | BigInt64Array>(Object.entries(bySegment))]) {
      const rows = resolveRows(STORE, { index: "frame" }, values);
      expect([...(rows.bySegment ?? [])]).toEqual([
        ["a", BigInt64Array.of(1n, 5n)],
        ["b", BigInt64Array.of(7n)],
        ["none", new BigInt64Array(0)],
      ]);
      expect(rows.selection.values).toBeUndefined();
      expect(rows.selection.index?.name).toBe("frame");
    }
  });

  it("are rejected if they are something else", () => {
    expect(() => resolveRows(STORE, { index: "frame" }, 5 as never)).toThrow("`usingIndexValues` must be an array");
    expect(() => resolveRows(STORE, { index: "frame" }, null as never)).toThrow("`usingIndexValues` must be");
    expect(() => resolveRows(STORE, { index: "frame" }, { a: ["x"] } as never)).toThrow("usingIndexValues");
    expect(() => resolveRows(STORE, { index: "none" }, { a: [1] })).toThrow("none");
  });
});
