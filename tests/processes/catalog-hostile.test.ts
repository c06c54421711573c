import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { create, fromBinary, toBinary, type DescMessage } from "@bufbuild/protobuf";
import { connectCatalog, type CatalogClient, type DatasetEntry } from "@rerun-ts/catalog";
import { cloudService } from "@rerun-ts/catalog/service";
import { dataframePart, readDataframePart } from "@rerun-ts/core/rrd";
import * as rr from "@rerun-ts/node";
import { CatalogProxy } from "@rerun-ts/test-support/node/catalog-proxy";
import { CatalogServer } from "@rerun-ts/test-support/node/catalog-server";
import {
  Dictionary,
  Int32,
  Int8,
  Table,
  Utf8,
  tableFromIPC,
  tableToIPC,
  vectorFromArray,
  type DataType,
} from "apache-arrow";
import { afterEach, beforeEach, describe, expect, onTestFinished } from "vitest";
import { it } from "./harness/test.ts";

const TOKEN = "a secret of the catalog";
/** The memory that the tables of one call, and data on its way, may have. */
const MAX_BYTES = 400 * 1024 * 1024;

interface Setting {
  readonly proxy: CatalogProxy;
  readonly catalog: CatalogClient;
  readonly dataset: DatasetEntry;
}

/** A real catalog with a segment, behind a proxy that changes the server's messages. */
async function start(rerun: string, folder: string): Promise<Setting> {
  const server = await CatalogServer.start(rerun);
  const proxy = await CatalogProxy.start(server.port);
  const path = join(folder, "one.rrd");
  const rec = new rr.RecordingStream("hostile", { recordingId: "one" });
  await rec.save(path);
  for (let frame = 0; frame < 5; frame++) rec.log("a", new rr.Scalars(frame), { time: { frame } });
  await rec.close();
  const catalog = await connectCatalog(proxy.url, { token: TOKEN });
  onTestFinished(async () => {
    catalog.close();
    proxy.stop();
    await server.stop();
  });
  const dataset = await catalog.createDataset("hostile");
  await dataset.register(pathToFileURL(path).href).wait();
  return { proxy, catalog, dataset };
}

/** Changes the messages of one call. */
function forge(proxy: CatalogProxy, call: string, change: (message: Record<string, unknown>) => object): void {
  const output = cloudService.methods.find(({ name }) => name === call)?.output as DescMessage;
  proxy.onResponse = (name, frames) =>
    name !== call
      ? frames
      : frames.map(({ flags, data }) => {
          const message = { ...(fromBinary(output, data) as unknown as Record<string, unknown>) };
          return { flags, data: toBinary(output, create(output, plain({ ...message, ...change(message) }) as never)) };
        });
}

/** The fields of a message, from which another one is made. */
function plain(message: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(message).filter(([name]) => !name.startsWith("$")));
}

/** A table of a message with a column of other values. */
function withColumn(part: unknown, name: string, type: Utf8 | Int32, text = "text"): object {
  const table = tableFromIPC(readDataframePart(part as never));
  const columns = Object.fromEntries(table.schema.names.map((each) => [each, table.getChild(each)]));
  const values = Array.from({ length: table.numRows }, () => (type instanceof Utf8 ? text : 7));
  const changed = new Table({ ...columns, [name]: vectorFromArray(values as never, type) } as never);
  for (const field of changed.schema.fields)
    for (const [key, value] of table.schema.fields.find((one) => one.name === field.name)?.metadata ?? [])
      field.metadata.set(key, value);
  return dataframePart(tableToIPC(changed, "stream") as Uint8Array<ArrayBuffer>);
}

/** A table of a message with a column of another type. */
function withType(part: unknown, name: string, type: DataType): object {
  const table = tableFromIPC(readDataframePart(part as never));
  const columns = Object.fromEntries(table.schema.names.map((each) => [each, table.getChild(each)]));
  const changed = new Table({ ...columns, [name]: vectorFromArray([...(columns[name] ?? [])], type) } as never);
  return dataframePart(tableToIPC(changed, "stream") as Uint8Array<ArrayBuffer>);
}

describe("a catalog that sends what it should not", () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): unknown => unhandled.push(reason);
  beforeEach(() => void process.on("unhandledRejection", note));
  afterEach(() => {
    process.off("unhandledRejection", note);
    expect(unhandled.splice(0)).toEqual([]);
  });

  it("is rejected for columns of another type", async ({ rerun, folder }) => {
    const { proxy, dataset } = await start(rerun.program, folder);
    const segment = await dataset.segment("one");
    const wrong = { code: "INVALID_FORMAT", message: expect.stringContaining("rerun_layer_names") as string };
    for (const type of [new Utf8(), new Int32()]) {
      forge(proxy, "ScanSegmentTable", ({ data }) => ({ data: withColumn(data, "rerun_layer_names", type) }));
      await expect(dataset.info()).rejects.toMatchObject(wrong);
      await expect(dataset.layer("base").segmentIds()).rejects.toMatchObject(wrong);
      await expect(segment.layers()).rejects.toMatchObject(wrong);
    }
    for (const type of [new Utf8(), new Int32()]) {
      forge(proxy, "ScanSegmentTable", ({ data }) => ({ data: withColumn(data, "frame:start", type) }));
      await expect(dataset.info()).rejects.toMatchObject({ code: "INVALID_FORMAT" });
      const query = dataset.query({ index: "frame", usingIndexValues: [1] });
      await expect(query.toTable()).rejects.toMatchObject({ code: "INVALID_FORMAT" });
    }
  });

  it("gets no upload to another address than it may name, and never its own headers elsewhere", async ({
    rerun,
    folder,
  }) => {
    const { proxy, catalog } = await start(rerun.program, folder);
    const bytes = new Uint8Array(3);
    const requests: [request: Record<string, unknown>, storageUrl?: string][] = [
      [{ url: "nonsense", sameOrigin: false }],
      [{ url: "file:///etc/passwd", sameOrigin: false }],
      [{ url: "http://127.0.0.1:1/stolen", sameOrigin: true }],
      [{ url: "//127.0.0.1:1/stolen", sameOrigin: true }],
      [{ method: "GET" }],
      [{ headers: [{ name: "a b", value: "c" }] }],
      [{}, "nonsense"],
    ];
    for (const [at, [request, storageUrl = "file:///a.rrd"]] of requests.entries()) {
      forge(proxy, "GetWriteAccessGrant", () => {
        const value = { method: "PUT", url: "/upload/1", headers: [], sameOrigin: true, ...request };
        return { storageUrl, grant: { redemption: { case: "httpRequest", value } } };
      });
      await expect(catalog.stage(bytes, { key: `${at}.rrd` }), JSON.stringify(request)).rejects.toMatchObject({
        code: "INVALID_FORMAT",
      });
    }
  });

  it("is rejected for a table whose address cannot be read", async ({ rerun, folder }) => {
    const { proxy, catalog } = await start(rerun.program, folder);
    const typeUrl = "type.googleapis.com/rerun.cloud.v1alpha1.LanceTable";
    const written = await catalog.createTable(
      "scores",
      tableFromIPC(tableToIPC(new Table({ a: vectorFromArray([1]) }))).schema,
    );
    expect(written.storageUrl).toMatch(/^file:/);
    forge(proxy, "ReadTableEntry", ({ table }) => {
      const providerDetails = { typeUrl, value: Uint8Array.of(10, 99) };
      return { table: { ...plain(table as Record<string, unknown>), providerDetails } };
    });
    await expect(catalog.getTable("scores")).rejects.toMatchObject({ code: "INVALID_FORMAT" });
  });

  it("is left once a response about a dataset has no end", async ({ rerun, folder }) => {
    const { proxy, dataset } = await start(rerun.program, folder);
    const segment = await dataset.segment("one");
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      FindChunks: () => dataset.query({ index: "frame" }).toTable(),
      GetRrdManifest: () => dataset.segment("one"),
    };
    const padded = (part: unknown): object => withColumn(part, "padding", new Utf8(), "x".repeat(1024 * 1024));
    for (const [name, call] of Object.entries(calls)) {
      forge(proxy, name, ({ data, rrdManifest }) =>
        data === undefined
          ? {
              rrdManifest: {
                ...plain(rrdManifest as Record<string, unknown>),
                data: padded((rrdManifest as { data: unknown }).data),
              },
            }
          : { data: padded(data) },
      );
      proxy.endless = name;
      proxy.endlessBytes = 0;
      await expect(call(), name).rejects.toMatchObject({ code: "UNSUPPORTED" });
      expect(proxy.endlessBytes, name).toBeLessThan(MAX_BYTES);
    }
    proxy.onResponse = (_, frames) => frames;
    proxy.endless = "FetchChunks";
    proxy.endlessBytes = 0;
    for (const read of [
      () => dataset.query({ index: "frame" }).toTable(),
      () => segment.query({ index: "frame" }).toTable(),
    ]) {
      await expect(read()).rejects.toMatchObject({ code: "INVALID_FORMAT" });
      expect(proxy.endlessBytes).toBeLessThan(MAX_BYTES);
    }
    proxy.onResponse = (name, frames) => (name === "FetchChunks" ? [{ flags: 0, data: new Uint8Array(0) }] : frames);
    await expect(dataset.query({ index: "frame" }).toTable()).rejects.toMatchObject({ code: "INVALID_FORMAT" });
  });
});

it("a catalog whose keys are in dictionaries of few values is queried", async ({ rerun, folder }) => {
  const { proxy, dataset } = await start(rerun.program, folder);
  const layers = Array.from({ length: 150 }, (_, number) => `layer ${number}`);
  const urls: string[] = [];
  for (const [at, layer] of layers.entries()) {
    const rec = new rr.RecordingStream("hostile", { recordingId: "layers" });
    const path = join(folder, `${layer}.rrd`);
    await rec.save(path);
    rec.log("a", new rr.Scalars(at), { time: { frame: at } });
    await rec.close();
    urls.push(pathToFileURL(path).href);
  }
  await dataset.register(urls, { layerName: layers }).wait();
  // The server sends a table for each layer. Indices of one byte cannot tell the values of all their dictionaries.
  let tables = 0;
  forge(proxy, "FindChunks", ({ data }) => {
    tables++;
    return { data: withType(data, "chunk_segment_id", new Dictionary(new Utf8(), new Int8(), 7)) };
  });
  const { input } = cloudService.method.fetchChunks;
  proxy.onRequest = (name, frames) =>
    name !== "FetchChunks"
      ? frames
      : frames.map(({ flags, data }) => {
          const { chunkInfos } = fromBinary(input, data);
          const changed = chunkInfos.map((info) => withType(info, "chunk_segment_id", new Utf8()));
          return { flags, data: toBinary(input, create(input, { chunkInfos: changed } as never)) };
        });
  const table = await dataset.query({ index: "frame", segments: ["layers"] }).toTable();
  expect(tables).toBeGreaterThan(128);
  expect(table.numRows).toBe(layers.length);
});
