import { describe, expect, it } from "vitest";
import { selectColumns } from "../../../dist/query/select-columns.js";
import type { QueryOptions } from "../../../dist/query/query-options.js";
import { storeOf } from "../stores.ts";

const COLUMNS = [
  ["/a", "x", {}],
  ["/a", "empty", { isEmpty: true }],
  ["/a", "Clear:is_recursive", { archetype: "rerun.archetypes.Clear" }],
  ["/b", "s", { isStatic: true }],
  ["/__properties", "p", { isStatic: true }],
] as const;
const store = storeOf({ columns: COLUMNS });

function names(options: QueryOptions, isLive = false): readonly string[] {
  return selectColumns(store, options, isLive).map(({ name }) => name);
}

describe("the columns of a query", () => {
  it.for<{ options: Partial<QueryOptions>; columns: string[] }>([
    { options: {}, columns: ["/a:x", "/b:s"] },
    { options: { includeSemanticallyEmptyColumns: true }, columns: ["/a:empty", "/a:x", "/b:s"] },
    { options: { includeTombstoneColumns: true }, columns: ["/a:x", "/a:Clear:is_recursive", "/b:s"] },
    { options: { contents: "/a" }, columns: ["/a:x"] },
    { options: { contents: [] }, columns: [] },
    { options: { contents: ["/**", "/__properties/**"] }, columns: ["/a:x", "/b:s", "property:p"] },
    { options: { index: null }, columns: ["/b:s"] },
    { options: { index: null, contents: "/__properties" }, columns: ["property:p"] },
    { options: { columns: ["/b:s", "/a:x"] }, columns: ["/a:x", "/b:s"] },
    { options: { columns: ["/a:empty", "/a:Clear:is_recursive"] }, columns: ["/a:empty", "/a:Clear:is_recursive"] },
    { options: { columns: ["property:p"] }, columns: ["property:p"] },
    { options: { columns: ["/a:x", "/b:s"], contents: "/b" }, columns: ["/b:s"] },
    { options: { columns: [] }, columns: [] },
    { options: { index: null, columns: ["/a:x"] }, columns: ["/a:x"] },
  ])("with $options are $columns", ({ options, columns }) => {
    expect(names({ index: "f", ...options })).toEqual(columns);
    expect(names({ index: "f", ...options }, true)).toEqual(columns);
  });

  it("must exist in a file, but not in a live recording", () => {
    const columns = ["/a:x", "/a:y"];
    expect(() => names({ index: "f", columns })).toThrow(
      "`columns` must be names of columns, such as /a:empty, /a:x, /a:Clear:is_recursive, /b:s; " +
        'the recording has no "/a:y"',
    );
    expect(names({ index: "f", columns }, true)).toEqual(["/a:x"]);
    expect(() => names({ index: "f", columns: [5] as never }, true)).toThrow("the recording has no 5");
    expect(() => names({ index: "f", columns: "/a:x" as never }, true)).toThrow("must be an array of names");
  });

  it("must match an expression in a file, but not in a live recording", () => {
    expect(() => names({ index: "f", contents: "/c" })).toThrow(
      '`contents` must match entities of the recording, such as /a, /b, got "/c"',
    );
    const below = storeOf({ columns: [["/robot/arm", "x", {}]] });
    expect(() => selectColumns(below, { index: null, contents: ["/c", "/robot"] }, false)).toThrow(
      'such as /robot/arm, got "/c", "/robot"; /robot/** has all below /robot',
    );
    expect(names({ index: "f", contents: "/c" }, true)).toEqual([]);
    expect(names({ index: "f", contents: "/__properties" })).toEqual(["property:p"]);
    expect(selectColumns(storeOf({}), { index: null, contents: "/c" }, false)).toEqual([]);
  });

  it("are named up to five in an error", () => {
    const many = storeOf({ columns: [1, 2, 3, 4, 5, 6].map((at) => [`/e${at}`, "x", {}] as const) });
    expect(() => selectColumns(many, { index: null, contents: "/c" }, false)).toThrow("/e1, /e2, /e3, /e4, /e5, got");
    expect(() => selectColumns(many, { index: null, columns: ["c"] }, false)).toThrow(
      "/e1:x, /e2:x, /e3:x, /e4:x, /e5:x;",
    );
  });
});
