import { createServer, type AddressInfo } from "node:net";
import { create, toBinary } from "@bufbuild/protobuf";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { connectCatalog, type DatasetEntry } from "@rerun-ts/catalog";
import { cloudService } from "@rerun-ts/catalog/service";
import * as rr from "@rerun-ts/node";
import { CatalogProxy } from "@rerun-ts/test-support/node/catalog-proxy";
import { CatalogServer } from "@rerun-ts/test-support/node/catalog-server";
import { TcpProxy } from "@rerun-ts/test-support/node/tcp-proxy";
import { describe, expect, onTestFinished } from "vitest";
import { startRealServer } from "./harness/start-real-server.ts";
import { it } from "./harness/test.ts";

const CHUNKS = 40;
const CHUNK_BYTES = 256 * 1024;

/** Starts a server until the end of the test. */
async function start(rerun: string, more?: readonly string[], port?: number): Promise<CatalogServer> {
  const server = await CatalogServer.start(rerun, more, port);
  onTestFinished(() => server.stop("SIGKILL"));
  return server;
}

/** Registers a recording of about 10 MiB. */
async function fill(url: string, folder: string): Promise<void> {
  const path = join(folder, "large.rrd");
  const rec = new rr.RecordingStream("large", { recordingId: "large", batcher: { flushNumRows: 1 } });
  await rec.save(path);
  for (let frame = 0; frame < CHUNKS; frame++)
    rec.log("blob", new rr.AnyValues({ bytes: new Uint8Array(CHUNK_BYTES).fill(frame) }), { time: { frame } });
  await rec.close();
  using catalog = await connectCatalog(url);
  const dataset = await catalog.createDataset("large");
  await dataset.register(pathToFileURL(path).href).wait();
}

/** Opens that dataset until the end of the test. */
async function openLarge(url: string, timeoutMs?: number): Promise<DatasetEntry> {
  const catalog = await connectCatalog(url, { timeoutMs });
  onTestFinished(() => catalog.close());
  return catalog.getDataset("large");
}

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "it did not fail",
    (error: unknown) => (rr.isRerunError(error) ? error.code : error),
  );

describe("a catalog's client", () => {
  it("rejects a query whose server is killed in the middle, and never returns a part of the rows", async ({
    rerun,
    folder,
  }) => {
    const server = await start(rerun.program);
    await fill(server.url, folder);
    const dataset = await openLarge(server.url);
    let killed: Promise<void> | undefined;
    const onProgress = (): void => void (killed ??= server.stop("SIGKILL"));
    // Slower than the server could send all of it into the buffers of the connection.
    expect(await codeOf(dataset.query({ index: "frame", onProgress }).toTable())).toBe("CONNECTION");
    await killed;
    expect(await codeOf(dataset.schema())).toBe("CONNECTION");
    // The next server on the port has other entries.
    const next = await start(rerun.program, [], server.port);
    expect(await codeOf(dataset.schema())).toBe("NOT_FOUND");
    await next.stop();
  });

  it("rejects a query whose connection is cut at any place", async ({ rerun, folder }) => {
    const server = await start(rerun.program);
    await fill(server.url, folder);
    const proxy = await TcpProxy.start(server.port);
    const dataset = await openLarge(proxy.url);
    for (const limit of [0, 2000, 5_000_000]) {
      let bytes = 0;
      let isCut = false;
      proxy.fate = () => ({
        toClient: (piece) => {
          bytes += piece.byteLength;
          isCut ||= bytes > limit;
          return isCut ? "cut" : piece;
        },
      });
      proxy.cutAll();
      expect(await codeOf(dataset.query({ index: "frame" }).toTable()), `after ${limit} bytes`).toBe("CONNECTION");
    }
    proxy.fate = () => ({});
    expect((await dataset.query({ index: "frame" }).toTable()).numRows).toBe(CHUNKS);
  });

  it("rejects with TIMEOUT once a server is silent, and with ABORTED when the signal fires", async ({
    rerun,
    folder,
  }) => {
    const server = await start(rerun.program);
    await fill(server.url, folder);
    const proxy = await TcpProxy.start(server.port);
    const dataset = await openLarge(proxy.url, 500);
    proxy.fate = () => ({ toClient: () => Buffer.alloc(0) });
    proxy.cutAll();
    expect(await codeOf(dataset.query({ index: "frame" }).toTable())).toBe("TIMEOUT");
    const stop = new AbortController();
    const query = codeOf(dataset.query({ index: "frame", signal: stop.signal }).toTable());
    stop.abort();
    expect(await query).toBe("ABORTED");
  });

  it("goes on over another connection when a machine has vanished without a word", async ({ rerun, folder }) => {
    const server = await start(rerun.program);
    await fill(server.url, folder);
    const proxy = await TcpProxy.start(server.port);
    const dataset = await openLarge(proxy.url, 1000);
    proxy.vanish();
    expect(await codeOf(dataset.query({ index: "frame" }).toTable())).toBe("TIMEOUT");
    expect((await dataset.query({ index: "frame" }).toTable()).numRows).toBe(CHUNKS);
  });

  it("rejects an upload with TIMEOUT if nobody answers, and with ABORTED when the signal fires", async ({ rerun }) => {
    const server = await start(rerun.program);
    const silent = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
    onTestFinished(() => void silent.close());
    const proxy = await CatalogProxy.start(server.port);
    onTestFinished(() => proxy.stop());
    const { getWriteAccessGrant } = cloudService.method;
    proxy.onResponse = (call, frames) => {
      if (call !== "GetWriteAccessGrant") return frames;
      const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
      const grant = { redemption: { case: "httpRequest" as const, value: { method: "PUT", url } } };
      const message = create(getWriteAccessGrant.output, { storageUrl: "file:///a.rrd", grant });
      return [{ flags: 0, data: toBinary(getWriteAccessGrant.output, message) }];
    };
    using catalog = await connectCatalog(proxy.url, { timeoutMs: 500 });
    const bytes = new Uint8Array(3);
    expect(await codeOf(catalog.stage(bytes, { key: "a.rrd" }))).toBe("TIMEOUT");
    expect(await codeOf(catalog.stage(bytes, { key: "a.rrd", onProgress() {} }))).toBe("TIMEOUT");
    const stop = new AbortController();
    silent.once("connection", () => stop.abort());
    expect(await codeOf(catalog.stage(bytes, { key: "a.rrd", signal: stop.signal }))).toBe("ABORTED");
  });

  it("rejects with CLOSED after `close`, also what was in flight", async ({ rerun }) => {
    const server = await start(rerun.program);
    const proxy = await TcpProxy.start(server.port);
    const catalog = await connectCatalog(proxy.url);
    const dataset = await catalog.createDataset("runs");
    proxy.fate = () => ({ toClient: () => Buffer.alloc(0) });
    proxy.cutAll();
    const inFlight = codeOf(catalog.entries());
    catalog.close();
    catalog.close();
    expect(await inFlight).toBe("CLOSED");
    await expect(catalog.entries()).rejects.toMatchObject({
      code: "CLOSED",
      message: `the connection to ${catalog.url} is closed; call \`connectCatalog\` again`,
    });
    for (const call of [dataset.segmentIds(), dataset.query({ index: "row" }).toTable(), catalog.createDataset("more")])
      expect(await codeOf(call)).toBe("CLOSED");
  });

  it("completes a query of a slow server", async ({ rerun, folder }) => {
    const server = await start(rerun.program, ["--latency-ms", "50", "--bandwidth-limit", "20MB"]);
    await fill(server.url, folder);
    const dataset = await openLarge(server.url);
    const table = await dataset.query({ index: "frame" }).toTable();
    expect([...(table.getChild("frame") ?? [])].map(Number)).toEqual(Array.from({ length: CHUNKS }, (_, at) => at));
  });

  it("says that a server without a catalog has none", async ({ rerun }) => {
    const server = await startRealServer(rerun.program);
    expect(await codeOf(connectCatalog(server.url))).toBe("UNSUPPORTED");
  });
});
