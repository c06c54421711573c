import { Clear, Points2D, Scalars } from "@rerun-ts/types";
import { Field, Float32, Float64, Utf8 } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { typeText } from "../../../dist/arrays/layout.js";
import { listType } from "../../../dist/store/arrow-types.js";
import type { ChunkInfo } from "../../../dist/store/chunk-info.js";
import { describeChunk } from "../../../dist/store/describe-chunk.js";
import { columnName, isProperty } from "../../../dist/store/store-index.js";
import { chunksOf } from "../chunks.ts";
import { storeOf } from "../stores.ts";

function infoOf(id: string): ChunkInfo {
  return {
    id,
    entityPath: "/a",
    rows: 1,
    timelines: new Map(),
    components: new Map(),
    place: { offset: 0, length: 0 },
  };
}

describe("the index of a store", () => {
  it("has each chunk once, in the order in which they were added", () => {
    const store = storeOf({});
    const [one, again, two] = [infoOf("1"), infoOf("1"), infoOf("2")];
    expect([store.addChunk(two), store.addChunk(one), store.addChunk(again)]).toEqual([true, true, false]);
    expect(store.chunks).toEqual([two, one]);
    expect([store.chunkWithId("1"), store.chunkWithId("3")]).toEqual([one, undefined]);
    store.removeChunks(new Set(["2", "4"]));
    expect([store.chunks, store.chunkWithId("2")]).toEqual([[one], undefined]);
    expect(store.addChunk(two)).toBe(true);
  });

  it("has its timelines sorted by name", () => {
    const store = storeOf({ timelines: { b: "timestamp", a: "sequence", B: "duration" } });
    expect(store.timelines.map(({ name }) => name)).toEqual(["B", "a", "b"]);
    expect(store.timelines.map(({ type }) => typeText(type)).slice(1)).toEqual(["Int64", "Timestamp<NANOSECOND>"]);
    expect(() => store.addTimeline("t", new Utf8())).toThrow("the timeline `t` has the type Utf8");
  });

  it("has its columns sorted by entity, archetype, component", () => {
    const store = storeOf({
      columns: [
        ["/b", "x", {}],
        ["/a10", "x", {}],
        ["/a2", "z", {}],
        ["/a2", "B:x", { archetype: "B" }],
        ["/a2", "A:y", { archetype: "A" }],
        ["/a2", "A:x", { archetype: "A" }],
        ["/a2", "y", {}],
      ],
    });
    const names = ["/a2:y", "/a2:z", "/a2:A:x", "/a2:A:y", "/a2:B:x", "/a10:x", "/b:x"];
    expect(store.columns.map(({ name }) => name)).toEqual(names);
    expect(store.columns).toBe(store.columns);
    store.addColumn("/a", "x", new Field("x", new Float64(), true), { isStatic: false, isEmpty: false });
    expect(store.columns.map(({ name }) => name)).toEqual(["/a:x", ...names]);
  });

  it("says of a column whether any chunk is static, all are empty, and whether types differ", () => {
    const store = storeOf({});
    const add = (component: string, isStatic: boolean, isEmpty: boolean, type = new Float64()): void =>
      store.addColumn("/a", component, new Field(component, type, true), { isStatic, isEmpty });
    add("x", false, true);
    add("x", true, true);
    add("x", false, false);
    add("y", false, true);
    add("y", false, true, new Float32() as never);
    const [x, y] = store.columns as [(typeof store.columns)[number], (typeof store.columns)[number]];
    expect(x).toMatchObject({ isStatic: true, isSemanticallyEmpty: false, isTombstone: false, archetype: undefined });
    expect(y).toMatchObject({ isStatic: false, isSemanticallyEmpty: true });
    expect([store.conflictOf(x), store.conflictOf(y)]).toEqual([undefined, listType(new Float32())]);
  });

  it("has the columns and timelines of chunks with rows", () => {
    const store = storeOf({});
    const chunks = chunksOf((recording) => {
      recording.log("a", Points2D.fromFields({ colors: [], labels: ["x"] }), { time: { f: 1 } });
      recording.log("a", new Scalars(1), { static: true });
      recording.log("b", Clear.flat(), { time: { g: 1 } });
    });
    for (const chunk of chunks) {
      const described = describeChunk(chunk, { offset: 0, length: 0 });
      const none = { ...described, info: { ...described.info, rows: 0 } };
      expect(store.addDescribed(none, chunk)).toBe(false);
      expect(store.addDescribed(described, chunk)).toBe(true);
      expect(store.addDescribed(described, chunk)).toBe(false);
    }
    expect(store.timelines.map(({ name }) => name)).toEqual(["f", "g"]);
    const traits = store.columns.map(({ name, isStatic, isSemanticallyEmpty, isTombstone, componentType }) => [
      name,
      { isStatic, isSemanticallyEmpty, isTombstone },
      componentType,
    ]);
    const none = { isStatic: false, isSemanticallyEmpty: false, isTombstone: false };
    expect(traits).toEqual([
      ["/a:Points2D:colors", { ...none, isSemanticallyEmpty: true }, "rerun.components.Color"],
      ["/a:Points2D:labels", none, "rerun.components.Text"],
      ["/a:Scalars:scalars", { ...none, isStatic: true }, "rerun.components.Scalar"],
      ["/b:Clear:is_recursive", { ...none, isTombstone: true }, "rerun.components.ClearIsRecursive"],
    ]);
  });
});

it.for([
  ["/a", "/a:x", false],
  ["/", "/:x", false],
  ["/__properties", "property:x", true],
  ["/__properties/run/1", "property:run/1:x", true],
  ["/__properties2", "/__properties2:x", false],
] as const)("the column `x` of %s is called %s", ([path, name, isOne]) => {
  expect([columnName(path, "x"), isProperty(path)]).toEqual([name, isOne]);
});
