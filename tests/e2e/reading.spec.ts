import { expect, test, type Page } from "@playwright/test";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { tableFromArrays, tableFromIPC, tableToIPC } from "apache-arrow";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { requireRealRerun } from "./rerun.ts";
import { servePages, type PageServer } from "./serve.ts";

let pages: PageServer;
let server: RealServer;

test.beforeAll(async () => {
  pages = await servePages();
});
test.beforeEach(async () => {
  server = await RealServer.start((await requireRealRerun()).path);
});
test.afterEach(() => server.stop());
test.afterAll(() => pages.close());

test("a page reads the data that another program has sent, and closes its connection when it stops", async ({
  page,
}) => {
  const rec = new RecordingStream("source", { batcher: { flushNumRows: 0 }, sendProperties: false });
  await rec.connectGrpc(server.url);
  for (let row = 0; row < 5; row++) rec.log("a", new Scalars(row));
  await rec.flush({ ack: true });
  await openPage(page);
  // More readers than a browser opens connections to one server: each must have closed its own.
  for (let round = 0; round < 8; round++) {
    const { kinds, bytes } = await page.evaluate(([url]) => window.reader.read(url as string, 5), [server.url]);
    expect(kinds).toEqual(["storeInfo", "chunk", "chunk", "chunk", "chunk", "chunk"]);
    expect(bytes).toBeGreaterThan(1000);
  }
  rec.log("a", new Scalars(5));
  expect(await rec.flush({ ack: true })).toMatchObject({ complete: true });
  await rec.close();
});

test("a page sends a table, and reads it", async ({ page }) => {
  await openPage(page);
  const table = tableFromArrays({ side: Int8Array.of(1, 2), score: Float64Array.of(0.5, 0.75) });
  const bytes = [...tableToIPC(table, "stream")];
  const read = await page.evaluate(([url, data]) => window.reader.table(url, "scores", data), [
    server.url,
    bytes,
  ] as const);
  expect(
    tableFromIPC(Uint8Array.from(read ?? []))
      .toArray()
      .map(String),
  ).toEqual(table.toArray().map(String));
});

test("reading rejects with the reason of a failure, and ends when it is aborted", async ({ page }) => {
  await openPage(page);
  const nobody = `rerun+http://127.0.0.1:${await freePort()}/proxy`;
  expect(await page.evaluate((url) => window.reader.fail(url), nobody)).toMatch(/^CONNECTION: .*is it running\?$/);
  expect(await page.evaluate((url) => window.reader.abort(url), server.url)).toBe("ABORTED");
});

test("a page queries what another program sends while it sends it", async ({ page }) => {
  const rec = new RecordingStream("source", { recordingId: "live" });
  await rec.connectGrpc(server.url);
  const log = async (from: number, to: number): Promise<void> => {
    for (let frame = from; frame < to; frame++) {
      rec.setTime("frame", frame);
      rec.log("robot", new Scalars(frame / 2));
    }
    await rec.flush({ ack: true });
  };
  await log(0, 50);
  await openPage(page, "queries");
  expect(await page.evaluate((url) => window.queries.openServer(url), server.url)).toBe("live");
  expect(await page.evaluate(() => window.queries.heights(50))).toEqual(heights(50));
  const later = page.evaluate(() => window.queries.heights(120));
  await log(50, 120);
  expect(await later).toEqual(heights(120));
  await page.evaluate(() => window.queries.close());
  await rec.close();
});

test("a page queries its recording in the origin private file system while a worker writes it", async ({ page }) => {
  await openPage(page, "queries");
  await page.evaluate(() => window.queries.openOpfs());
  const later = page.evaluate(() => window.queries.heights(300));
  for (let from = 0; from < 300; from += 100)
    await page.evaluate((frame) => window.queries.log(frame, frame + 100), from);
  expect(await later).toEqual(heights(300));
});

const heights = (count: number): number[] => Array.from({ length: count }, (_, frame) => frame / 2);

async function openPage(page: Page, name: "queries" | "reader" = "reader"): Promise<void> {
  await page.goto(`${pages.url}tests/e2e/pages/${name}.html`);
  await page.waitForFunction((key) => key in window, name);
}
