import { AnyValues, Scalars } from "@rerun-ts/types";
import { Field, Float64, Int32, vectorFromArray, type Data } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { ChunkData } from "../../../dist/store/chunk-data.js";
import { arrowOf as arrowOfChunk } from "../../../dist/store/stream-of.js";
import { SchemaCache } from "../../../dist/store/schema-cache.js";
import { arrowOf, editArrow, record, withMetadata, type ArrowEdit } from "../chunks.ts";

const [arrow] = arrowOf(
  record((recording) => {
    recording.log("a/b", new Scalars([1, 2]), { time: { f: 5, g: 6 } });
    recording.log("a/b", new AnyValues({ x: "y" }), { time: { f: 7, g: 8 } });
  }),
) as [Uint8Array];

function edited(edit: ArrowEdit): ChunkData {
  return ChunkData.read(editArrow(arrow, edit), new SchemaCache());
}

/** A copy whose column has other metadata. */
function changed(name: string, changes: Readonly<Record<string, string | null>>): ChunkData {
  return edited({ field: (field) => (field.name === name ? withMetadata(field, changes) : field) });
}

function namesOf({ layout }: ChunkData): unknown {
  return [layout.timelines.map(({ name }) => name), layout.components.map(({ name }) => name)];
}

describe("the rows of a chunk", () => {
  it("have ids, times and values", () => {
    const chunk = ChunkData.read(arrow, new SchemaCache());
    expect([chunk.entityPath, chunk.rows, arrowOfChunk(chunk), chunk.rowIds.length]).toEqual(["/a/b", 2, arrow, 32]);
    expect(chunk.id).toMatch(/^[0-9A-F]{16}[0-9a-f]{16}$/);
    expect(namesOf(chunk)).toEqual([
      ["f", "g"],
      ["x", "Scalars:scalars"],
    ]);
    const [f, g] = chunk.layout.timelines;
    expect([f, g].map((column) => column && [...chunk.times(column)])).toEqual([
      [5n, 7n],
      [6n, 8n],
    ]);
    expect(f && chunk.times(f)).toBe(f && chunk.times(f));
    const values = chunk.layout.components.map((column) => chunk.values(column));
    expect(values.map(({ length, nullCount }) => [length, nullCount])).toEqual([
      [2, 1],
      [2, 1],
    ]);
    expect(Array.from(values[1]?.valueOffsets as Int32Array)).toEqual([0, 2, 2]);
  });

  it("are a batch of apache-arrow, with the chunk's own id", () => {
    const schemas = new SchemaCache();
    const chunks = arrowOf(record((recording) => [1, 2].map((x) => recording.log("a", new Scalars(x))), 1)).map(
      (bytes) => ChunkData.read(bytes, schemas),
    );
    for (const chunk of chunks) {
      const batch = chunk.toRecordBatch();
      expect([batch.numRows, batch.schema.metadata.get("rerun:id")]).toEqual([1, `chunk_${chunk.id}`]);
    }
    expect(chunks[0]?.layout).toBe(chunks[1]?.layout);
    expect(chunks[0]?.id).not.toBe(chunks[1]?.id);
  });
});

describe("the columns of a chunk", () => {
  it("are found by their kinds, also of older SDKs, and are components by default", () => {
    const older = { control: "row_id", index: "time", data: "component" } as Readonly<Record<string, string>>;
    const chunk = edited({
      field: (field) => withMetadata(field, { "rerun:kind": older[field.metadata.get("rerun:kind") ?? ""] ?? null }),
    });
    expect(namesOf(chunk)).toEqual(namesOf(ChunkData.read(arrow, new SchemaCache())));
    expect(chunk.rowIds.length).toBe(32);
    expect(namesOf(changed("x", { "rerun:kind": null }))).toEqual(namesOf(chunk));
  });

  it("are named by their metadata, else by their fields", () => {
    const renamed = { "rerun:index_name": "time", "rerun:component": "value" };
    const chunk = edited({ field: (field) => withMetadata(field, renamed) });
    expect(namesOf(chunk)).toEqual([
      ["time", "time"],
      ["value", "value"],
    ]);
    const plain = edited({
      field: (field) => withMetadata(field, { "rerun:index_name": null, "rerun:component": null }),
    });
    expect(namesOf(plain)).toEqual([
      ["f", "g"],
      ["x", "Scalars:scalars"],
    ]);
  });

  it("are of one instance in each row if they are no lists", () => {
    const isX = (field: Field): boolean => field.name === "x";
    const data = vectorFromArray([1, null], new Float64()).data[0] as Data;
    const chunk = edited({
      field: (field) => (isX(field) ? new Field("x", new Float64(), true, field.metadata) : field),
      data: (own, field) => (isX(field) ? data : own),
    });
    const values = chunk.values(chunk.layout.components[0] as (typeof chunk.layout.components)[number]);
    expect([values.length, values.nullCount]).toEqual([2, 1]);
    expect(Array.from(values.valueOffsets as Int32Array)).toEqual([0, 1, 2]);
  });
});

describe("a chunk is rejected", () => {
  const fieldOf = (name: string, type: Field["type"]): ArrowEdit => ({
    field: (field) => (field.name === name ? new Field(name, type, true, field.metadata) : field),
    data: (data, field) => (field.name === name ? (vectorFromArray([1, 2], type as never).data[0] as Data) : data),
  });
  it.for<[string, () => ChunkData, string]>([
    [
      "without row ids",
      () => edited({ field: (field) => (field.name === "rerun.controls.RowId" ? undefined : field) }),
      "a chunk has no row ids",
    ],
    [
      "with row ids of another type",
      () => edited(fieldOf("rerun.controls.RowId", new Int32())),
      "the row ids of a chunk have the type Int32",
    ],
    [
      "with a timeline of another type",
      () => edited(fieldOf("f", new Int32())),
      "the timeline `f` of a chunk has the type Int32",
    ],
    [
      "with a column of an unknown kind",
      () => changed("x", { "rerun:kind": "other" }),
      "the column `x` of a chunk has the unknown kind other",
    ],
    ["without an id", () => edited({ metadata: (all) => all.delete("rerun:id") }), "a chunk has no id"],
    [
      "without an entity path",
      () => edited({ metadata: (all) => all.delete("rerun:entity_path") }),
      "a chunk has no entity path",
    ],
    [
      "without Arrow data",
      () => ChunkData.read(arrow.subarray(0, 0), new SchemaCache()),
      "the Arrow data has no schema",
    ],
  ])("%s", ([, make, message]) => {
    expect(make).toThrow(expect.objectContaining({ code: "INVALID_FORMAT", message }) as Error);
  });

  it("with a schema alone", () => {
    const length = 8 + new DataView(arrow.buffer, arrow.byteOffset).getInt32(4, true);
    expect(() => ChunkData.read(arrow.subarray(0, length), new SchemaCache())).toThrow("a chunk has no Arrow batch");
  });

  it("if times are missing, when they are read", () => {
    const times = vectorFromArray([1n, null]).data[0] as Data;
    const chunk = edited({ data: (data, field) => (field.name === "f" ? times : data) });
    const [f, g] = chunk.layout.timelines as [
      (typeof chunk.layout.timelines)[number],
      (typeof chunk.layout.timelines)[number],
    ];
    expect(() => chunk.times(f)).toThrow("the timeline `f` of a chunk has nulls");
    expect([...chunk.times(g)]).toEqual([6n, 8n]);
  });
});
