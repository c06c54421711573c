import { expect, test, type Page } from "@playwright/test";
import { plainRows } from "@rerun-ts/arrow";
import { connectCatalog } from "@rerun-ts/arrow/catalog";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { CatalogServer } from "@rerun-ts/test-support/node/catalog-server";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { requireRealRerun } from "./rerun.ts";
import { servePages, type PageServer } from "./serve.ts";

let pages: PageServer;
let server: CatalogServer;

test.beforeAll(async () => {
  pages = await servePages(["tests/e2e/pages/catalog.html"]);
  server = await CatalogServer.start((await requireRealRerun()).path);
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

test("a page writes a table of a catalog in several parts, and reads it", async ({ page }) => {
  await openPage(page);
  expect(await page.evaluate((url) => window.catalog.table(url, "written"), server.url)).toEqual({
    ids: [1, 2],
    wrong: "SERVER",
  });
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
