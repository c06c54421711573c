import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { connectCatalog } from "@rerun-ts/catalog";
import { PartsSink, presignUpload, s3Store } from "@rerun-ts/storage";
import { Points3D, RecordingStream, Scalars } from "@rerun-ts/node";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { BadHttpProxy } from "@rerun-ts/test-support/node/bad-http-proxy";
import { CatalogServer } from "@rerun-ts/test-support/node/catalog-server";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { S3_CREDENTIALS, S3Server } from "@rerun-ts/test-support/node/s3-server";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { ensureS3Server } from "@rerun-ts/test-support/setup/s3-server";
import { requireRealRerun } from "./rerun.ts";
import { servePages, type PageServer } from "./serve.ts";

const folder = makeTemporaryFolder();
let pages: PageServer;

test.beforeAll(async () => {
  pages = await servePages();
});
test.afterAll(async () => {
  await pages.close();
  await folder.remove();
});

async function openPage(page: Page): Promise<void> {
  await page.goto(`${pages.url}tests/e2e/pages/parts.html`);
  await page.waitForFunction(() => "parts" in window);
}

test("flushed rows of a closed page are in the store once, as soon as another page has the spool", async ({
  context,
}) => {
  const program = await ensureS3Server();
  test.skip("missing" in program && !isCi, "there is no server with the API of S3");
  if ("missing" in program) throw new Error(program.missing);
  const server = await S3Server.start(program, { folder: folder.path, buckets: ["bucket"] });
  const proxy = await BadHttpProxy.start(server.port);
  try {
    const options = { endpoint: proxy.url, credentials: S3_CREDENTIALS };
    await context.exposeFunction("signPart", (part: { key: string; sha256?: string }) =>
      presignUpload("s3://bucket/pages", part, options),
    );
    // The store has the first part, but the page gets no answer. All other parts do not arrive.
    let puts = 0;
    proxy.fate = ({ method }) => (method !== "PUT" ? "pass" : puts++ === 0 ? "cut-after" : "cut-before");
    const first = await context.newPage();
    await openPage(first);
    const warnings = await first.evaluate(() => window.parts.presigned(0, 3, false));
    expect(warnings.join("\n")).not.toMatch(/Signature|canary/i);
    await expect.poll(() => puts).toBeGreaterThan(0);
    await first.close();

    proxy.fate = () => "pass";
    const second = await context.newPage();
    await openPage(second);
    expect(await second.evaluate(() => window.parts.presigned(60, 2, true))).toEqual([]);
    const store = s3Store("s3://bucket/pages", { endpoint: server.url, credentials: S3_CREDENTIALS });
    const rerun = await requireRealRerun();
    const rowsInStore = async (): Promise<number[]> => {
      const rows: number[] = [];
      for await (const { key } of store.list("v1/fleet/direct/a_20page/")) {
        const rrd = await store.read(key);
        const path = join(folder.path, key.replaceAll("/", "+"));
        await writeFile(path, rrd);
        await rerun.run("rrd", "verify", path);
        const chunks = readChunks(rrd).filter(({ entityPath }) => entityPath === "/rows");
        rows.push(...chunks.flatMap(({ times }) => times["row"] ?? []).map(Number));
      }
      return rows.sort((a, b) => a - b);
    };
    await expect.poll(async () => (await rowsInStore()).length).toBeGreaterThanOrEqual(100);
    expect(await rowsInStore()).toEqual(Array.from({ length: 100 }, (_, row) => row));
    // Nothing is left in the spool.
    await expect.poll(() => second.evaluate(() => window.parts.runsLeft())).toBe(0);
  } finally {
    await proxy.stop();
    await server.stop();
  }
});

test("a page without room, and one whose data is removed, goes on with all parts", async ({ page, context }) => {
  await openPage(page);
  await page.evaluate(() => window.parts.startWithoutStore());
  expect(await page.evaluate(() => window.parts.logPart(1000))).toBe("true");
  const session = await context.newCDPSession(page);
  const { origin } = new URL(pages.url);
  const { usage } = await session.send("Storage.getUsageAndQuota", { origin });
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: usage + 50_000 });
  expect(await page.evaluate(() => window.parts.logPart(1_000_000))).toMatch(/^IO_ERROR cannot store parts/);
  await session.send("Storage.overrideQuotaForOrigin", { origin });
  expect(await page.evaluate(() => window.parts.logPart(1000))).toBe("true");
  await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
  expect(await page.evaluate(() => window.parts.logPart(1000))).toBe("true");
  expect(await page.evaluate(() => window.parts.sendAll())).toEqual([4, 0]);
});

test("a page reads the parts of a recording from a bucket, by ranges of bytes", async ({ page }) => {
  const program = await ensureS3Server();
  test.skip("missing" in program && !isCi, "there is no server with the API of S3");
  if ("missing" in program) throw new Error(program.missing);
  const data = join(folder.path, "reading");
  await mkdir(data);
  const server = await S3Server.start(program, { folder: data, buckets: ["bucket"] });
  const proxy = await BadHttpProxy.start(server.port);
  try {
    const store = s3Store("s3://bucket/reading", { endpoint: server.url, credentials: S3_CREDENTIALS });
    const recording = new RecordingStream("reading", { recordingId: "a robot/7" });
    const sink = new PartsSink(store, { dataset: "fleet", spool: join(data, "spool"), maxSeconds: Infinity });
    await recording.setSinks([sink]);
    for (let row = 0; row < 90; row++) {
      recording.setTime("row", row);
      recording.log("rows", new Scalars(row));
      recording.log("cloud", new Points3D(new Float32Array(30_000)));
      if (row % 30 === 29) await recording.flush({ ack: true });
    }
    await recording.close();
    await openPage(page);
    const rows = await page.evaluate(([url, credentials]) => window.parts.read(url, credentials, "a robot/7"), [
      proxy.url,
      S3_CREDENTIALS,
    ] as const);
    expect(rows).toEqual(Array.from({ length: 90 }, (_, row) => row));
    expect(proxy.requests.filter((request) => request.startsWith("GET")).length).toBeGreaterThan(3);
  } finally {
    await proxy.stop();
    await server.stop();
  }
});

test("a page shows its parts in a catalog, by grants", async ({ page }) => {
  const server = await CatalogServer.start((await requireRealRerun()).path);
  try {
    await openPage(page);
    expect(await page.evaluate((url) => window.parts.catalog(url), server.url)).toEqual([]);
    using catalog = await connectCatalog(server.url);
    const dataset = await catalog.getDataset("fleet");
    const segment = await dataset.segment("a page");
    expect(await segment.layers()).toHaveLength(3);
    const table = await segment.query({ index: "row", contents: "/rows" }).toTable();
    expect(Array.from(table.getChild("row") ?? [], Number)).toEqual(Array.from({ length: 60 }, (_, row) => row));
  } finally {
    await server.stop();
  }
});
