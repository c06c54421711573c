import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { encodeArrow } from "@rerun-ts/reading";
import { connectCatalog, type ConnectCatalogOptions, type DatasetEntry } from "@rerun-ts/catalog";
import * as rr from "@rerun-ts/node";
import { CatalogProxy } from "@rerun-ts/test-support/node/catalog-proxy";
import { CatalogServer } from "@rerun-ts/test-support/node/catalog-server";
import { DirectUrlStorage, type RangeFate } from "@rerun-ts/test-support/node/direct-url-storage";
import { runWarmPython } from "@rerun-ts/test-support/python/warm-python";
import { describe, expect, onTestFinished } from "vitest";
import { it } from "./harness/test.ts";

const ROWS = 30;
const SEGMENTS = ["monday", "tuesday"];
const TOKEN = "a secret of the catalog";

interface Setting {
  readonly storage: DirectUrlStorage;
  readonly proxy: CatalogProxy;
  readonly open: (options?: ConnectCatalogOptions) => Promise<DatasetEntry>;
}

/** A catalog with two segments that offers the URLs of their files. */
async function start(rerun: string, folder: string): Promise<Setting> {
  const server = await CatalogServer.start(rerun);
  const proxy = await CatalogProxy.start(server.port);
  const storage = await DirectUrlStorage.start(proxy);
  onTestFinished(async () => {
    storage.stop();
    proxy.stop();
    await server.stop();
  });
  using catalog = await connectCatalog(server.url);
  const dataset = await catalog.createDataset("runs");
  for (const recordingId of SEGMENTS) {
    const path = join(folder, `${recordingId}.rrd`);
    // Each row is a chunk.
    const rec = new rr.RecordingStream("robot", { recordingId, batcher: { flushNumRows: 1 } });
    await rec.save(path);
    for (let frame = 0; frame < ROWS; frame++) {
      rec.log("a", new rr.Scalars(frame / 2), { time: { frame } });
      rec.log("b", new rr.TextLog(`${recordingId} ${frame} ${"long ".repeat(200)}`), { time: { frame } });
    }
    await rec.close();
    await dataset.register(pathToFileURL(path).href).wait();
    await storage.add(path);
  }
  const open = async (options: ConnectCatalogOptions = {}): Promise<DatasetEntry> => {
    const client = await connectCatalog(proxy.url, options);
    onTestFinished(() => client.close());
    return client.getDataset("runs");
  };
  return { storage, proxy, open };
}

/** The rows of a query as bytes, and how many chunks came directly. */
async function ask(
  dataset: DatasetEntry,
  contents = "/**",
): Promise<{ readonly rows: Buffer; readonly direct: number; readonly chunks: number }> {
  let direct = 0;
  let chunks = 0;
  const onProgress = (done: { directChunks: number; chunks: number }): void => {
    direct = done.directChunks;
    chunks = done.chunks;
  };
  const table = await dataset.query({ index: "frame", contents, onProgress }).toTable();
  expect(table.numRows).toBe(ROWS * SEGMENTS.length);
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeArrow(table)) pieces.push(piece);
  return { rows: Buffer.concat(pieces), direct, chunks };
}

/** All rows, by Rerun's own client. */
const READ = `
import sys
import rerun as rr
dataset = rr.catalog.CatalogClient(sys.argv[1]).get_dataset("runs")
print(dataset.filter_contents(["/a", "/b"]).reader(index="frame").to_arrow_table().num_rows)
`;

/** The ranges that were requested, without repetitions. */
function ranges({ requests }: DirectUrlStorage): readonly string[] {
  return [...new Set(requests.map(({ headers, range }) => `${headers["if-match"]} ${range}`))];
}

/** The number of bytes in ranges. */
function bytesOf(all: readonly string[]): number {
  return all.reduce((sum, range) => {
    const [, first = "", last = ""] = /bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    return sum + Number(last) - Number(first) + 1;
  }, 0);
}

describe("direct URLs of a catalog", () => {
  it("have the same rows as the server, in few requests without its credentials", async ({ rerun, folder }) => {
    const { storage, proxy, open } = await start(rerun.program, folder);
    const headers = { "x-own": TOKEN };
    const expected = await ask(await open({ token: TOKEN, headers, directUrls: false }));
    expect([expected.direct, storage.requests.length]).toEqual([0, 0]);
    const before = proxy.count("FetchChunks");
    expect(before).toBeGreaterThan(0);
    const dataset = await open({ token: TOKEN, headers });
    const found = await ask(dataset);
    expect(found.rows.equals(expected.rows)).toBe(true);
    expect([found.direct, proxy.count("FetchChunks")]).toEqual([found.chunks, before]);
    expect(found.chunks).toBe(ROWS * 2 * SEGMENTS.length);
    // The chunks of a segment are next to each other in its file: one range has them all.
    expect(storage.requests.map(({ headers: own }) => own["if-match"])).toEqual(['"0.rrd-1"', '"1.rrd-1"']);
    const sent = JSON.stringify(storage.requests);
    expect(sent).not.toContain(TOKEN);
    expect(sent).not.toContain("x-rerun");
    const warnings: Error[] = [];
    const note = (warning: Error): unknown => warnings.push(warning);
    process.on("warning", note);
    onTestFinished(() => void process.off("warning", note));
    // The large chunks between small ones are not read for these.
    storage.requests.length = 0;
    const few = await ask(dataset, "/a");
    expect(few.direct).toBe(ROWS * SEGMENTS.length);
    expect(storage.requests).toHaveLength(few.direct);
    expect(warnings).toEqual([]);
  });

  it("are read at the places where Rerun's own client reads them", async ({ rerun, folder }) => {
    const { storage, proxy, open } = await start(rerun.program, folder);
    const stdout = await runWarmPython({ text: READ }, [proxy.url]);
    const native = ranges(storage);
    expect(Number(stdout)).toBe(ROWS * SEGMENTS.length);
    expect(native.length).toBeGreaterThan(0);
    expect(proxy.count("FetchChunks")).toBe(0);
    storage.requests.length = 0;
    await ask(await open());
    expect(bytesOf(ranges(storage))).toBe(bytesOf(native));
  });

  const fates: Readonly<Record<string, RangeFate>> = {
    "have expired": { status: 403 },
    "are not there": { status: 404 },
    "are of files that have changed": { status: 412 },
    "lead elsewhere": { status: 302 },
    "are of a busy server": { status: 503 },
    "are cut in the middle": "cut",
    "know no ranges": "whole",
    "yield another range": "other-range",
    "yield other bytes": "other-bytes",
    "yield more bytes": "longer",
  };

  it("lose nothing if they fail: the chunks come from the server", async ({ rerun, folder }) => {
    const { storage, open } = await start(rerun.program, folder);
    const dataset = await open();
    const expected = await ask(dataset);
    expect(expected.direct).toBe(expected.chunks);
    for (const [name, fate] of Object.entries(fates)) {
      storage.requests.length = 0;
      storage.fate = () => fate;
      const found = await ask(dataset);
      expect(found.rows.equals(expected.rows), `URLs that ${name}`).toBe(true);
      expect(found.chunks, name).toBe(expected.chunks);
      expect(storage.requests.length, `requests of URLs that ${name}`).toBeLessThanOrEqual(SEGMENTS.length);
      // The requests of one file fail; the requests of the other file do not.
      storage.fate = ({ url }) => (url?.startsWith("/0.") === true ? fate : "serve");
      const half = await ask(dataset);
      expect(half.rows.equals(expected.rows), `one URL that ${name}`).toBe(true);
      if (fate !== "other-bytes") expect(half.direct, name).toBe(expected.chunks / 2);
    }
    storage.stop();
    expect((await ask(dataset)).rows.equals(expected.rows)).toBe(true);
  });

  it("are not waited for longer than for the server", async ({ rerun, folder }) => {
    const { storage, open } = await start(rerun.program, folder);
    const dataset = await open({ timeoutMs: 1000 });
    storage.fate = () => "silent";
    expect((await ask(dataset)).direct).toBe(0);
    const stop = new AbortController();
    const query = dataset.query({ index: "frame", signal: stop.signal }).toTable();
    storage.fate = () => {
      stop.abort();
      return "silent";
    };
    await expect(query).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("are not requested where the place of a chunk makes no sense", async ({ rerun, folder }) => {
    const { storage, open } = await start(rerun.program, folder);
    const dataset = await open();
    const expected = await ask(dataset);
    storage.requests.length = 0;
    for (const change of [
      { length: 0 },
      { length: 2 ** 40 },
      { offset: 2 ** 60 },
      { url: "file:///etc/passwd" },
      { url: "no URL" },
      { url: "http://user:password@127.0.0.1/" },
    ]) {
      storage.offer = (place) => ({ ...place, ...change });
      const found = await ask(dataset);
      expect(found.rows.equals(expected.rows), JSON.stringify(change)).toBe(true);
      expect(found.direct).toBe(0);
    }
    expect(storage.requests).toEqual([]);
    // A place of another chunk, and one behind the end of the file.
    storage.offer = (place) => ({ ...place, offset: place.offset + 100_000 });
    expect((await ask(dataset)).rows.equals(expected.rows)).toBe(true);
    // A server that ignores the condition sends the tag of the file as it is now.
    storage.offer = (place) => ({ ...place, etag: `W/${place.etag}` });
    const changed = await ask(dataset);
    expect(changed.direct).toBe(0);
    expect(changed.rows.equals(expected.rows)).toBe(true);
  });
});
