import { Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { ChunkData } from "../../../dist/store/chunk-data.js";
import { manifestOf } from "../../../dist/store/manifest-of.js";
import { SchemaCache } from "../../../dist/store/schema-cache.js";
import { SharedFields } from "../../../dist/store/shared-fields.js";
import { arrowOf, editArrow, record } from "../chunks.ts";

/** Chunks of entities with the same columns, in these versions of the format. They share their fields. */
function chunksIn(versions: readonly string[]): ChunkData[] {
  const schemas = new SchemaCache(new SharedFields());
  const arrows = arrowOf(
    record((recording) => {
      for (const entity of versions.keys())
        recording.log(`e${entity}`.repeat(entity + 1), new Scalars(entity), { time: { f: entity } });
    }),
  );
  return arrows.map((arrow, index) =>
    ChunkData.read(
      editArrow(arrow, { metadata: (all) => all.set("sorbet:version", versions[index] as string) }),
      schemas,
    ),
  );
}

describe("the entry of a chunk in a footer", () => {
  it("has the chunk's own entity, times and id, although chunks share their fields", () => {
    const chunks = chunksIn(["0.1.4", "0.1.4", "0.1.3", "0.1.4"]);
    const [first, second] = chunks as [ChunkData, ChunkData];
    expect(second.schema.fields).toBe(first.schema.fields);
    for (const [index, chunk] of chunks.entries()) {
      const { manifest } = manifestOf(chunk);
      expect(manifest.entityPath).toBe(`/${`e${index}`.repeat(index + 1)}`);
      expect(manifest.ranges).toMatchObject([{ start: { lo: index }, end: { lo: index } }]);
    }
    expect(new Set(chunks.map((chunk) => JSON.stringify(manifestOf(chunk).chunkId))).size).toBe(4);
  });

  it.each([
    ["0.1.4", "0.1.9", "0.1.4"],
    ["0.1.9", "0.1.4", "0.1.9"],
  ])("does not exist for a version that footers do not describe, whatever came before: %s, %s, %s", (...versions) => {
    for (const [index, chunk] of chunksIn(versions).entries()) {
      if (versions[index] === "0.1.4") expect(manifestOf(chunk).manifest.rows).toBe(1);
      else expect(() => manifestOf(chunk)).toThrow("in version 0.1.9 of the chunk format");
    }
  });
});
