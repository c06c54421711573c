import { AnyValues, Points2D } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { ChunkData } from "../../../dist/store/chunk-data.js";
import { checkChunk } from "../../../dist/store/check-chunk.js";
import type { ChunkInfo } from "../../../dist/store/chunk-info.js";
import { describeChunk } from "../../../dist/store/describe-chunk.js";
import { SchemaCache } from "../../../dist/store/schema-cache.js";
import { arrowOf, editArrow, record } from "../chunks.ts";

const [arrow] = arrowOf(
  record((recording) => {
    recording.log("a", new AnyValues({ x: 1, y: 2 }), { time: { f: 1, g: 1 } });
    recording.log("a", new AnyValues({ x: 1 }), { time: { f: 2, g: 1 } });
    recording.log("a", Points2D.fromFields({ colors: [] }), { time: { f: 2, g: 1 } });
  }),
) as [Uint8Array];
const chunk = ChunkData.read(arrow, new SchemaCache());
const entry = entryOf(chunk);

/** The entry of a chunk as a plain object, which can be changed in a copy. */
function entryOf(of: ChunkData): ChunkInfo {
  const { id, entityPath, rows, timelines, components, place } = describeChunk(of, { offset: 0, length: 0 }).info;
  return { id, entityPath, rows, timelines, components, place };
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  return new Map([...map].filter(([name]) => name !== key));
}

describe("a chunk that is read", () => {
  it("is what its index entry says", () => {
    expect(() => checkChunk(chunk, entry)).not.toThrow();
  });

  it.for<[string, Partial<ChunkInfo>, string]>([
    ["another id", { id: "5" }, "the id must be 5 as in the index of the recording, but is"],
    ["another entity", { entityPath: "/b" }, "the entity must be /b as in the index of the recording, but is /a"],
    ["other rows", { rows: 4 }, "the number of rows must be 4 as in the index of the recording, but is 3"],
    [
      "fewer timelines",
      { timelines: without(entry.timelines, "g") },
      "the timelines must be [f] as in the index of the recording, but is [f, g]",
    ],
    [
      "fewer components",
      { components: without(entry.components, "y") },
      "the components must be [Points2D:colors, x] as in",
    ],
  ])("is rejected if its entry has %s", ([, change, message]) => {
    expect(() => checkChunk(chunk, { ...entry, ...change })).toThrow(message);
  });

  it("is rejected if its entry has more timelines or components", () => {
    const timelines = new Map([...entry.timelines, ["h", { start: 0n, end: 0n }]] as const);
    expect(() => checkChunk(chunk, { ...entry, timelines })).toThrow("the timelines must be [f, g, h]");
    const components = new Map([...entry.components, ["z", { rows: 1, times: new Map() }]] as const);
    expect(() => checkChunk(chunk, { ...entry, components })).toThrow(
      "the components must be [Points2D:colors, x, y, z]",
    );
  });

  it("may have components without any value that its entry lacks", () => {
    const rows = editArrow(arrow, { data: (data) => data.slice(1, 1), rows: 1 });
    const part = ChunkData.read(rows, new SchemaCache());
    const own = entryOf(part);
    expect([...own.components.keys()]).toEqual(["x"]);
    expect(() => checkChunk(part, own)).not.toThrow();
    expect(() => checkChunk(part, { ...own, components: new Map() })).toThrow("the components must be [] as in");
  });

  it("needs no timelines in its entry if it has no rows", () => {
    const empty = ChunkData.read(editArrow(arrow, { data: (data) => data.slice(0, 0), rows: 0 }), new SchemaCache());
    const own = entryOf(empty);
    expect(own.timelines.size).toBe(0);
    expect(() => checkChunk(empty, own)).not.toThrow();
  });
});
