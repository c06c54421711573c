import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test, type Page } from "@playwright/test";
import { openRrd, plainRows } from "@rerun-ts/reading";
import { connectCatalog } from "@rerun-ts/catalog";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { CatalogServer } from "@rerun-ts/test-support/node/catalog-server";
import { CatalogProxy } from "@rerun-ts/test-support/node/catalog-proxy";
import { DirectUrlStorage } from "@rerun-ts/test-support/node/direct-url-storage";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { CatalogOracle } from "../conformance/catalog/catalog-oracle.ts";
import { randomQuery } from "../conformance/queries/random-query.ts";
import { randomRecording } from "../conformance/queries/random-recording.ts";
import { requireRealRerun, type Rerun } from "./rerun.ts";
import { servePages, type PageServer } from "./serve.ts";

const SEED = 20_261_122;
const DATASETS = isSoak ? 20 : 2;
const QUERIES = 5;

let rerun: Rerun;
let pages: PageServer;
let server: CatalogServer;

test.beforeAll(async () => {
  pages = await servePages();
  rerun = await requireRealRerun();
  server = await CatalogServer.start(rerun.path);
});
test.afterAll(async () => {
  await server.stop();
  await pages.close();
});

async function openPage(page: Page): Promise<void> {
  await page.goto(`${pages.url}tests/e2e/pages/catalog.html`);
  await page.waitForFunction(() => "catalog" in window);
}

test("a page uploads a file to a catalog, and queries it as a program on Node does", async ({ page }) => {
  const rec = new RecordingStream("page", { recordingId: "dropped" });
  const memory = rec.memoryRecording();
  for (let frame = 0; frame < 5; frame++) rec.log("a", new Scalars(frame / 2), { time: { frame } });
  const bytes = memory.drainAsBytes();
  await openPage(page);
  const found = await page.evaluate(([url, data]) => window.catalog.upload(url, "from-a-page", data), [
    server.url,
    [...bytes],
  ] as const);
  using catalog = await connectCatalog(server.url);
  const dataset = await catalog.getDataset("from-a-page");
  const table = await dataset.query({ index: "frame", contents: "/a", fillLatestAt: true }).toTable();
  const rows = [...plainRows(table)].map((row) => [
    row["rerun_segment_id"],
    Number(row["frame"]),
    row["/a:Scalars:scalars"],
  ]);
  expect(rows).toHaveLength(5);
  const { numChunks } = await dataset.segment("dropped");
  expect(found).toEqual({
    names: ["from-a-page"],
    segmentId: "dropped",
    sent: bytes.byteLength,
    rows,
    chunks: numChunks,
    // Browsers hide the reason of the server, which is another origin.
    again: "SERVER",
  });
});

test("a page gets the progress of an upload while it sends", async ({ page }) => {
  await openPage(page);
  const size = 2_000_000;
  // Slow enough for the browser to report it.
  const session = await page.context().newCDPSession(page);
  const uploadThroughput = 2_000_000;
  await session.send("Network.enable");
  const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput };
  await session.send("Network.emulateNetworkConditions", conditions);
  const { seen, aborted, taken } = await page.evaluate(([url, bytes]) => window.catalog.progress(url, bytes), [
    server.url,
    size,
  ] as const);
  expect([seen[0], seen.at(-1)]).toEqual([0, size]);
  expect(seen.filter((bytes) => bytes > 0 && bytes < size).length).toBeGreaterThan(0);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect([aborted, taken]).toEqual(["ABORTED", "SERVER"]);
});

test("a page reads chunks by direct URLs of a catalog, and from the server where the storage has no rule for pages", async ({
  page,
}) => {
  const folder = makeTemporaryFolder().path;
  const path = join(folder, "direct.rrd");
  const rec = new RecordingStream("page", { recordingId: "direct", batcher: { flushNumRows: 1 } });
  await rec.save(path);
  for (let frame = 0; frame < 5; frame++) rec.log("a", new Scalars(frame / 2), { time: { frame } });
  await rec.close();
  using catalog = await connectCatalog(server.url);
  await (await catalog.createDataset("direct")).register(pathToFileURL(path).href).wait();
  const proxy = await CatalogProxy.start(server.port);
  const storage = await DirectUrlStorage.start(proxy);
  await storage.add(path);
  try {
    await openPage(page);
    const ask = (directUrls: boolean) =>
      page.evaluate(([url, urls]) => window.catalog.direct(url, "direct", urls), [proxy.webUrl, directUrls] as const);
    const { rows } = await ask(false);
    expect(rows.match(/"frame"/g)).toHaveLength(5);
    expect(await ask(true)).toEqual({ rows, directChunks: 5 });
    expect(storage.requests.map(({ headers }) => headers["if-match"])).toEqual(['"0.rrd-1"']);
    storage.allowsPages = false;
    expect(await ask(true)).toEqual({ rows, directChunks: 0 });
  } finally {
    storage.stop();
    proxy.stop();
    await removeTemporaryFolder(folder);
  }
});

test("a page writes a table of a catalog in several parts, and reads it", async ({ page }) => {
  await openPage(page);
  expect(await page.evaluate((url) => window.catalog.table(url, "written"), server.url)).toEqual({
    ids: [1, 2],
    wrong: "SERVER",
  });
});

test(`a page answers queries as Rerun's own client does (seed ${SEED})`, async ({ page }) => {
  if (isSoak) test.setTimeout(600_000);
  const random = seededRandom(SEED);
  const { python } = rerun;
  let oracle = new CatalogOracle(server.url, python);
  using catalog = await connectCatalog(server.url);
  await openPage(page);
  const folder = makeTemporaryFolder().path;
  const problems: unknown[] = [];
  let answered = 0;
  for (let number = 0; number < DATASETS; number++) {
    const name = `random ${number}`;
    const dataset = await catalog.createDataset(name);
    const files = Array.from({ length: 3 }, (_, at) => randomRecording(random, `r${at}`));
    for (const [at, bytes] of files.entries()) {
      const path = join(folder, `${number}.${at}.rrd`);
      await writeFile(path, bytes);
      await dataset.register(pathToFileURL(path).href);
    }
    for (let count = 0; count < QUERIES; count++) {
      const recording = (await openRrd(files[0] as Uint8Array)).recording();
      const { usingIndexValues, ...query } = randomQuery(recording, random);
      const texts = usingIndexValues && Array.from(usingIndexValues, String);
      const values = texts && { r0: texts, r2: texts.slice(1), no: texts };
      const found = await page.evaluate(([url, of, options, times]) => window.catalog.query(url, of, options, times), [
        server.url,
        name,
        query,
        values,
      ] as const);
      const path = join(folder, "ours.arrow");
      await writeFile(path, Buffer.from(found, "base64"));
      const reader = {
        index: query.index,
        fill_latest_at: query.fillLatestAt ?? false,
        include_semantically_empty_columns: query.includeSemanticallyEmptyColumns ?? false,
        include_tombstone_columns: query.includeTombstoneColumns ?? false,
        ...(values !== undefined && { using_index_values: values }),
      };
      const request = { dataset: name, segments: null, contents: query.contents ?? null, reader, path };
      try {
        const { problem, error } = await oracle.ask<{ problem?: string | null; error?: string }>("query", request);
        if (problem !== null) problems.push({ ...request, problem, error });
        answered++;
      } catch (error) {
        // Rerun's engine ends its process at some clears.
        if (!String(error).includes("panicked at")) throw error;
        oracle = new CatalogOracle(server.url, python);
      }
    }
    await dataset.delete();
  }
  await oracle.stop();
  await removeTemporaryFolder(folder, { ignore: () => true });
  expect(problems).toEqual([]);
  expect(answered).toBeGreaterThan((DATASETS * QUERIES * 4) / 5);
});

test("a page gets the errors of a catalog, as far as browsers show them", async ({ page }) => {
  await openPage(page);
  const nobody = `rerun+http://127.0.0.1:${await freePort()}`;
  expect(
    await page.evaluate(([url, other]) => window.catalog.failures(url, other), [server.url, nobody] as const),
  ).toEqual({
    nobody: "CONNECTION",
    missing: "NOT_FOUND",
    taken: "ALREADY_EXISTS",
    // Browsers hide the reason of the server, which is another origin.
    noFile: "SERVER",
    aborted: "ABORTED",
    gone: "NOT_FOUND",
  });
});
