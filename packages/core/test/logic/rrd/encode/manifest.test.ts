import { RecordingStream } from "@rerun-ts/core";
import { AnyValues, Clear, Points2D, Scalars } from "@rerun-ts/types";
import { tableFromIPC, type Field, type Table } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { decodeRrd } from "../../../../dist/rrd/decode/rrd-decoder.js";
import { readDataframePart } from "../../../../dist/rrd/decode/dataframe-part.js";
import { decodeFooter } from "../../../../dist/rrd/decode/footer.js";
import { ManifestReader } from "../../../../dist/rrd/decode/read-chunk-manifest.js";
import type { EncodedMessage } from "../../../../dist/rrd/encode/encoded-message.js";
import { ManifestBuilder } from "../../../../dist/rrd/encode/manifest.js";
import { sha256 } from "../../../../dist/hash/sha256.js";

interface Manifest {
  readonly table: Table;
  readonly schema: readonly Field[];
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  readonly schemaBytes: Uint8Array;
}

/** Logs, and reads the manifest in the footer of the file. */
function manifestOf(log: (recording: RecordingStream) => void): Manifest {
  const recording = new RecordingStream("manifest", {
    recordingId: "manifest",
    strict: true,
    logTime: false,
    sendProperties: false,
    batcher: { flushNumRows: 100 },
  });
  const memory = recording.memoryRecording();
  log(recording);
  const bytes = memory.drainAsBytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [at, length] = [32, 24].map((back) => Number(view.getBigUint64(bytes.byteLength - back, true)));
  const [manifest] = decodeFooter(bytes.subarray(at, (at ?? 0) + (length ?? 0))).manifests;
  const schemaBytes = manifest?.sorbetSchema?.arrowSchema ?? new Uint8Array(0);
  return {
    table: tableFromIPC(readDataframePart(manifest?.data)),
    schema: tableFromIPC(schemaBytes).schema.fields,
    bytes,
    hash: manifest?.sorbetSchemaSha256 ?? new Uint8Array(0),
    schemaBytes,
  };
}

/** A column as plain values: 64-bit integers as numbers. */
function column(table: Table, name: string): unknown {
  const values = table.getChild(name);
  if (values === null) return undefined;
  return Array.from(values, (value: unknown) => (typeof value === "bigint" ? Number(value) : value));
}

describe("the manifest of a recording", () => {
  const log = (recording: RecordingStream): void => {
    for (const f of [3, 1]) recording.log("a", new Scalars(f), { time: { f, g: -10 * f } });
    recording.log("a", new AnyValues({ x: 1 }), { time: { f: 9, g: 2 ** 33 } });
    recording.log("b", new Scalars([]), { time: { g: 5 } });
    recording.log("b", new Scalars(4), { static: true });
    recording.log("c", Clear.flat(), { time: { f: 2 } });
  };

  it("has a row for each chunk, with its place in the file", () => {
    const { table, bytes } = manifestOf(log);
    const order = column(table, "chunk_entity_path") as string[];
    expect([...order].sort((a, b) => (a < b ? -1 : 1))).toEqual(["/a", "/b", "/b", "/c"]);
    expect(column(table, "chunk_num_rows")).toEqual(order.map((path) => (path === "/a" ? 3 : 1)));
    const isStatic = column(table, "chunk_is_static") as boolean[];
    expect(isStatic.filter(Boolean).length).toBe(1);
    expect(order[isStatic.indexOf(true)]).toBe("/b");
    const chunks = decodeRrd(bytes).filter((message) => message.kind === "chunk");
    expect(column(table, "chunk_byte_size_uncompressed")).toEqual(
      chunks.map((chunk) => (chunk.kind === "chunk" ? chunk.readArrow().byteLength : 0)),
    );
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const sizes = column(table, "chunk_byte_size") as number[];
    for (const [row, offset] of (column(table, "chunk_byte_offset") as number[]).entries())
      expect([view.getUint8(offset - 16), view.getUint32(offset - 8, true)]).toEqual([2, sizes[row]]);
  });

  it("has the ranges of chunks and of their components on each timeline, null where there is none", () => {
    const { table } = manifestOf(log);
    const paths = column(table, "chunk_entity_path") as string[];
    const isStatic = column(table, "chunk_is_static") as boolean[];
    const rows = {
      a: paths.indexOf("/a"),
      b: paths.findIndex((path, row) => path === "/b" && !isStatic[row]),
      c: paths.indexOf("/c"),
    };
    const cells = (name: string): unknown => {
      const values = column(table, name) as unknown[];
      expect(values[isStatic.indexOf(true)] ?? 0).toBe(0);
      return [values[rows.a], values[rows.b], values[rows.c]];
    };
    expect([cells("f:start"), cells("f:end")]).toEqual([
      [1, null, 2],
      [9, null, 2],
    ]);
    expect([cells("g:start"), cells("g:end")]).toEqual([
      [-30, 5, null],
      [2 ** 33, 5, null],
    ]);
    expect([
      cells("f:Scalars:scalars:start"),
      cells("f:Scalars:scalars:end"),
      cells("f:Scalars:scalars:num_rows"),
    ]).toEqual([
      [1, null, null],
      [3, null, null],
      [2, 0, 0],
    ]);
    expect([
      cells("g:Scalars:scalars:start"),
      cells("g:Scalars:scalars:end"),
      cells("g:Scalars:scalars:num_rows"),
    ]).toEqual([
      [-30, 5, null],
      [-10, 5, null],
      [2, 1, 0],
    ]);
    expect([cells("g:x:start"), cells("g:x:num_rows")]).toEqual([
      [2 ** 33, null, null],
      [1, 0, 0],
    ]);
    expect(cells("f:Clear:is_recursive:num_rows")).toEqual([0, 0, 1]);
    expect(column(table, "g:Clear:is_recursive:start")).toBeUndefined();
    expect(column(table, "Scalars:scalars:has_static_data")).toEqual(isStatic);
    expect(column(table, "x:has_static_data")).toEqual(isStatic.map(() => false));
  });

  it("says of its columns what they are of", () => {
    const { table } = manifestOf(log);
    const metadataOf = (name: string): unknown =>
      Object.fromEntries(table.schema.fields.find((field) => field.name === name)?.metadata ?? []);
    expect(metadataOf("f:start")).toEqual({ "rerun:index": "f" });
    expect(metadataOf("g:x:end")).toEqual({ "rerun:index": "g", "rerun:component": "x" });
    expect(metadataOf("Scalars:scalars:has_static_data")).toMatchObject({
      "rerun:index": "rerun:static",
      "rerun:component": "Scalars:scalars",
      "rerun:archetype": "rerun.archetypes.Scalars",
    });
    expect(table.schema.fields.map(({ name }) => name)).toEqual([
      "chunk_entity_path",
      "chunk_id",
      "chunk_is_static",
      "chunk_num_rows",
      "chunk_byte_offset",
      "chunk_byte_size",
      "chunk_byte_size_uncompressed",
      "x:has_static_data",
      "Clear:is_recursive:has_static_data",
      "Scalars:scalars:has_static_data",
      "f:start",
      "f:end",
      "g:start",
      "g:end",
      ...["x", "Clear:is_recursive", "Scalars:scalars"].flatMap((name) =>
        ["start", "end", "num_rows"].map((marker) => `f:${name}:${marker}`),
      ),
      ...["x", "Scalars:scalars"].flatMap((name) =>
        ["start", "end", "num_rows"].map((marker) => `g:${name}:${marker}`),
      ),
    ]);
    const nullable = table.schema.fields.filter((field) => field.nullable).map(({ name }) => name);
    expect(nullable).toEqual(table.schema.fields.map(({ name }) => name).slice(10));
  });

  it("has a schema of all columns, sorted by name, with its hash", () => {
    const { schema, hash, schemaBytes } = manifestOf((recording) => {
      recording.log("b", Points2D.fromFields({ colors: [], labels: ["l"] }), { time: { g: 1, f: 1 } });
      recording.log("b", Points2D.fromFields({ labels: [] }), { static: true });
      recording.log("a", Points2D.fromFields({ colors: [] }), { time: { f: 1 } });
      recording.log("a", Clear.flat(), { static: true });
    });
    const flags = ["rerun:is_semantically_empty", "rerun:is_static", "rerun:is_tombstone"];
    const rows = schema.map(({ name, metadata }) => [name, ...flags.filter((flag) => metadata.get(flag) === "true")]);
    expect(rows).toEqual([
      ["/a:Clear:is_recursive", "rerun:is_static", "rerun:is_tombstone"],
      ["/a:Points2D:colors", "rerun:is_semantically_empty"],
      ["/b:Points2D:colors", "rerun:is_semantically_empty"],
      ["/b:Points2D:labels", "rerun:is_static"],
      ["f"],
      ["g"],
      ["rerun.controls.RowId"],
    ]);
    expect(schema[0]?.metadata.get("rerun:entity_path")).toBe("/a");
    // The hash is of the schema alone, without the end of the stream.
    expect(hash).toEqual(sha256(schemaBytes.subarray(0, schemaBytes.byteLength - 8)));
    expect([...schemaBytes.subarray(-8)]).toEqual([255, 255, 255, 255, 0, 0, 0, 0]);
  });
});

it("a footer's size is estimated before it is made, and is left out beyond the limit", () => {
  const recording = new RecordingStream("manifest", { logTime: false, sendProperties: false });
  const memory = recording.memoryRecording();
  for (let entity = 0; entity < 20; entity++) recording.log(`${entity}`, new Scalars(1), { time: { f: 1, a: 2 } });
  const messages = decodeRrd(memory.drainAsBytes());
  const sizes: number[] = [];
  const manifest = new ManifestBuilder({ kind: "recording", applicationId: "a", recordingId: "b" });
  for (const message of messages) {
    if (message.kind !== "chunk") continue;
    const arrow = message.readArrow();
    const described = new ManifestReader().read(arrow);
    const encoded = { kind: "chunk", storeId: message.storeId, isStatic: false, payload: arrow, ...described };
    manifest.add(encoded as EncodedMessage, described.manifest, 0);
    sizes.push(manifest.byteLength);
  }
  const finished = manifest.finish().byteLength;
  expect(sizes.length).toBe(20);
  for (let at = 1; at < 20; at++) expect(sizes[at]).toBeGreaterThan((sizes[at - 1] ?? 0) + 400);
  // It is no less than what is written, and not far from it.
  expect(sizes.at(-1)).toBeGreaterThan(finished / 2);
  expect(sizes.at(-1)).toBeLessThan(finished * 5);
});
