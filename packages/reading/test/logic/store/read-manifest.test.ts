import type { RecordingStream } from "@rerun-ts/core";
import { readDataframePart, type RrdManifest } from "@rerun-ts/core/rrd";
import { AnyValues, Clear, Points2D, Scalars } from "@rerun-ts/types";
import {
  Bool,
  Field,
  Int32,
  Int64,
  Uint64,
  Utf8,
  Vector,
  vectorFromArray,
  type Data,
  type DataType,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { gather } from "../../../dist/arrays/gather.js";
import { typeText } from "../../../dist/arrays/layout.js";
import { RowRanges } from "../../../dist/arrays/row-ranges.js";
import { fromBytes } from "../../../dist/source/random-access.js";
import type { ChunkInfo } from "../../../dist/store/chunk-info.js";
import { describeChunk } from "../../../dist/store/describe-chunk.js";
import { readFooter } from "../../../dist/store/read-footer.js";
import { readManifest } from "../../../dist/store/read-manifest.js";
import type { StoreIndex } from "../../../dist/store/store-index.js";
import { ChunkData } from "../../../dist/store/chunk-data.js";
import { SchemaCache } from "../../../dist/store/schema-cache.js";
import { Compression } from "../../../../core/dist/gen/rerun/common/v1alpha1/common_pb.js";
import { storeOf } from "../stores.ts";
import { arrowOf, editArrow, record, withMetadata, type ArrowEdit } from "../chunks.ts";

function log(recording: RecordingStream): void {
  for (const f of [3, 1, 2]) recording.log("a", new Scalars(f), { time: { f, g: 10 * f } });
  recording.log("a", new AnyValues({ x: 1 }), { time: { f: 9, g: 5 } });
  recording.log("a/b", Points2D.fromFields({ colors: [], labels: ["l"] }), { time: { g: -7 } });
  recording.log("a", new Scalars(4), { static: true });
  recording.log("c", Clear.recursive(), { time: { f: 2 } });
  recording.log("__properties", new AnyValues({ owner: "me" }), { static: true });
}

const bytes = record(log);

async function manifestOf(source: Uint8Array): Promise<RrdManifest> {
  const footer = await readFooter(fromBytes(source));
  if ("missing" in footer || footer.manifests[0] === undefined) throw new Error("there is no footer");
  return footer.manifests[0];
}

/** The index with another table or schema. */
async function edited(data: ArrowEdit, schema?: ArrowEdit): Promise<StoreIndex> {
  const manifest = await manifestOf(bytes);
  const table = editArrow(readDataframePart(manifest.data), data);
  const arrowSchema = manifest.sorbetSchema?.arrowSchema ?? new Uint8Array(0);
  return readManifest({
    ...manifest,
    data: {
      ...manifest.data,
      payload: table,
      compression: Compression.NONE,
      uncompressedSize: BigInt(table.byteLength),
    },
    ...(schema !== undefined && {
      sorbetSchema: { ...manifest.sorbetSchema, arrowSchema: editArrow(arrowSchema, schema) },
    }),
  } as RrdManifest);
}

const isField =
  (name: string) =>
  (field: Field): boolean =>
    field.name === name;

/** Replaces a column by values of another type. */
function replaced(name: string, values: readonly unknown[], type: Field["type"]): ArrowEdit {
  const is = isField(name);
  return {
    field: (field) => (is(field) ? new Field(name, type, true, field.metadata) : field),
    data: (data, field) => (is(field) ? (vectorFromArray(values, type as never).data[0] as Data) : data),
  };
}

function plain({ id, entityPath, rows, timelines, components }: ChunkInfo): unknown {
  const own = [...components]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, span]) => [name, span.rows, [...span.times].sort(([a], [b]) => (a < b ? -1 : 1))]);
  return { id, entityPath, rows, timelines: [...timelines].sort(([a], [b]) => (a < b ? -1 : 1)), components: own };
}

describe("the index of a recording", () => {
  it("has what its chunks have", async () => {
    const store = readManifest(await manifestOf(bytes));
    const expected = storeOf({});
    for (const arrow of arrowOf(bytes)) {
      const chunk = ChunkData.read(arrow, new SchemaCache());
      expected.addDescribed(describeChunk(chunk, { offset: 0, length: 0 }), chunk);
    }
    expect(store.chunks.map(plain)).toEqual(expected.chunks.map(plain));
    expect(store.columns).toEqual(expected.columns);
    expect(store.timelines.map(({ name, type }) => [name, typeText(type)])).toEqual([
      ["f", "Int64"],
      ["g", "Int64"],
    ]);
    expect(store.storeId).toEqual({ kind: "recording", applicationId: "unit", recordingId: "unit" });
  });

  it("has the places of its chunks", async () => {
    const { chunks } = readManifest(await manifestOf(bytes));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (const { place } of chunks) {
      // The header of a message: its kind, then its length.
      expect([view.getUint8(place.offset - 16), view.getUint32(place.offset - 8, true)]).toEqual([2, place.length]);
    }
    expect(chunks.length).toBe(arrowOf(bytes).length);
  });

  it("is read of older SDKs, too: kinds, flags, columns without the number of rows", async () => {
    const same = readManifest(await manifestOf(bytes));
    const older = { index: "time", data: "component" } as Readonly<Record<string, string>>;
    const store = await edited(
      { field: (field) => (field.name.endsWith(":num_rows") ? undefined : field) },
      {
        field: (field) =>
          withMetadata(field, { "rerun:kind": older[field.metadata.get("rerun:kind") ?? ""] ?? "control" }),
      },
    );
    expect(store.columns).toEqual(same.columns);
    expect(store.timelines).toEqual(same.timelines);
    expect(store.chunks[0]?.components.get("Scalars:scalars")).toMatchObject({
      rows: 1,
      times: new Map(same.chunks[0]?.components.get("Scalars:scalars")?.times),
    });
  });

  it.for([
    ["", false],
    ["false", false],
    ["No", false],
    ["true", true],
    ["yes", true],
    ["1", true],
  ] as const)("says with `%s` that a column is static: %s", async ([value, isStatic]) => {
    const flagged = { "rerun:is_static": value, "rerun:is_semantically_empty": value };
    const store = await edited({}, { field: (field) => withMetadata(field, flagged) });
    expect(store.columns.map((column) => [column.isStatic, column.isSemanticallyEmpty])).toEqual(
      store.columns.map(() => [isStatic, isStatic]),
    );
  });

  it("has a chunk once that is in it twice, as it was", async () => {
    const store = await edited({ data: twice, rows: 10 });
    expect(store.chunks.map(plain)).toEqual(readManifest(await manifestOf(bytes)).chunks.map(plain));
  });
});

/** The rows of a column, and the same rows again. */
function twice(data: Data): Data {
  const runs = new RowRanges();
  runs.push(0, 0, data.length);
  runs.push(0, 0, data.length);
  return gather(data.type as DataType, [data], runs);
}

describe("an index is rejected", () => {
  const count = (): number => 5;
  it.for<[string, ArrowEdit, ArrowEdit | undefined, string]>([
    [
      "without a column that it needs",
      { field: (field) => (isField("chunk_num_rows")(field) ? undefined : field) },
      undefined,
      "the index of a recording has no column `chunk_num_rows`",
    ],
    [
      "with nulls in it",
      {
        data: (data, field) =>
          isField("chunk_entity_path")(field)
            ? (vectorFromArray(["a", null, "a", "a", "a"], new Utf8()).data[0] as Data)
            : data,
      },
      undefined,
      "the column `chunk_entity_path` of an index has nulls",
    ],
    [
      "with paths of another type",
      replaced("chunk_entity_path", Array(count()).fill(1), new Int32()),
      undefined,
      "the column `chunk_entity_path` of an index has the type Int32",
    ],
    [
      "with ids of another type",
      replaced("chunk_id", Array(count()).fill("x"), new Utf8()),
      undefined,
      "the column `chunk_id` of an index has the type Utf8",
    ],
    [
      "with places of another type",
      replaced("chunk_byte_offset", Array(count()).fill(1n), new Int64()),
      undefined,
      "the column `chunk_byte_offset` of an index has the type Int64",
    ],
    [
      "with times of another type",
      replaced("f:start", Array(count()).fill(1), new Int32()),
      undefined,
      "the column `f:start` of an index has the type Int32",
    ],
    [
      "with flags of another type",
      replaced("Scalars:scalars:has_static_data", Array(count()).fill(1), new Int32()),
      undefined,
      "of an index has the type Int32",
    ],
    [
      "with a column of which it does not say what it is of",
      { field: (field) => (isField("f:start")(field) ? withMetadata(field, { "rerun:index": null }) : field) },
      undefined,
      "the column `f:start` of an index does not say what it is of",
    ],
    [
      "with a component of no entity",
      {},
      { field: (field) => withMetadata(field, { "rerun:entity_path": null }) },
      "has no entity path",
    ],
    [
      "with a timeline of another type",
      {},
      { field: (field) => (isField("f")(field) ? new Field("f", new Bool(), true, field.metadata) : field) },
      "the timeline `f` has the type Bool",
    ],
  ])("%s", async ([, data, schema, message]) => {
    await expect(edited(data, schema)).rejects.toMatchObject({
      code: "INVALID_FORMAT",
      message: expect.stringContaining(message) as unknown,
    });
  });

  it("with different chunks of one id", async () => {
    for (const [name, values] of [
      ["chunk_num_rows", [1n, 2n, 3n, 4n, 5n]],
      ["chunk_byte_size", [1n, 2n, 3n, 4n, 5n]],
    ] as const) {
      const numbers = replaced(name, values, new Uint64());
      const sameId: ArrowEdit = {
        ...numbers,
        data: (data, field) => {
          if (field.name !== "chunk_id") return numbers.data?.(data, field) ?? data;
          const id = new Vector([data]).get(0) as Uint8Array;
          return vectorFromArray(
            Array.from({ length: 5 }, () => id),
            data.type as never,
          ).data[0] as Data;
        },
      };
      await expect(edited(sameId)).rejects.toThrow("the index of a recording has different chunks with the id");
    }
  });
});
