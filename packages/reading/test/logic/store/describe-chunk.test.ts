import { AnyValues, Points2D, Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { ChunkData } from "../../../dist/store/chunk-data.js";
import { describeChunk, descriptorOf, type DescribedChunk } from "../../../dist/store/describe-chunk.js";
import { SchemaCache } from "../../../dist/store/schema-cache.js";
import { arrowOf, chunksOf, editArrow, record, withMetadata } from "../chunks.ts";

const PLACE = { offset: 7, length: 9 };

function only(log: Parameters<typeof chunksOf>[0]): DescribedChunk {
  const [chunk] = chunksOf(log);
  return describeChunk(chunk as ChunkData, PLACE);
}

describe("the index entry of a chunk", () => {
  it("has its rows, times and place", () => {
    const { info } = only((recording) => {
      for (const [f, g] of [
        [3, 10],
        [1, 30],
        [2, 20],
      ] as const)
        recording.log("a/b", new Scalars(f), { time: { f, g } });
    });
    expect(info).toMatchObject({
      entityPath: "/a/b",
      rows: 3,
      place: PLACE,
      id: expect.stringMatching(/^\w{32}$/) as unknown,
    });
    expect([...info.timelines]).toEqual([
      ["f", { start: 1n, end: 3n }],
      ["g", { start: 10n, end: 30n }],
    ]);
    expect([...info.components]).toEqual([["Scalars:scalars", { rows: 3, times: new Map(info.timelines) }]]);
  });

  it("has the rows and times of each component's values", () => {
    const { info, filled } = only((recording) => {
      recording.log("a", new AnyValues({ x: 1 }), { time: { f: 5 } });
      recording.log("a", new AnyValues({ x: 1, y: 1 }), { time: { f: 4 } });
      recording.log("a", new AnyValues({ y: 1 }), { time: { f: 9 } });
      recording.log("a", Points2D.fromFields({ colors: [] }), { time: { f: 20 } });
    });
    expect(Object.fromEntries(info.components)).toEqual({
      x: { rows: 2, times: new Map([["f", { start: 4n, end: 5n }]]) },
      y: { rows: 2, times: new Map([["f", { start: 4n, end: 9n }]]) },
      "Points2D:colors": { rows: 1, times: new Map([["f", { start: 20n, end: 20n }]]) },
    });
    expect([...filled].sort()).toEqual(["x", "y"]);
  });

  it("has no times if the chunk is static", () => {
    const { info } = only((recording) => recording.log("a", new Scalars(1), { static: true }));
    expect([info.timelines.size, info.components.get("Scalars:scalars")]).toEqual([0, { rows: 1, times: new Map() }]);
  });

  it("has no times and no components if the chunk has no rows", () => {
    const [arrow] = arrowOf(record((recording) => recording.log("a", new Scalars(1), { time: { f: 1 } })));
    const empty = editArrow(arrow as Uint8Array, { data: (data) => data.slice(0, 0), rows: 0 });
    const { info, filled } = describeChunk(ChunkData.read(empty, new SchemaCache()), PLACE);
    expect([info.rows, info.timelines.size, info.components.size, filled.size]).toEqual([0, 0, 0, 0]);
  });
});

it("a chunk with two columns of one name is rejected", () => {
  const [arrow] = arrowOf(
    record((recording) => recording.log("a", new AnyValues({ x: 1, y: 2 }), { time: { f: 1, g: 2 } })),
  ) as [Uint8Array];
  const renamed = (from: string, key: string, to: string): ChunkData =>
    ChunkData.read(
      editArrow(arrow, { field: (field) => (field.name === from ? withMetadata(field, { [key]: to }) : field) }),
      new SchemaCache(),
    );
  expect(() => describeChunk(renamed("y", "rerun:component", "x"), PLACE)).toThrow("a chunk has two columns `x`");
  expect(() => describeChunk(renamed("g", "rerun:index_name", "f"), PLACE)).toThrow("a chunk has two columns `f`");
});

it("a component's column says what it is of", () => {
  const [chunk] = chunksOf((recording) => recording.log("a", new Scalars(1))) as [ChunkData];
  expect(chunk.layout.components.map(descriptorOf)).toEqual([
    {
      component: "Scalars:scalars",
      archetype: "rerun.archetypes.Scalars",
      componentType: "rerun.components.Scalar",
    },
  ]);
});
