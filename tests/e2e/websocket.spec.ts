import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, test, type Page } from "@playwright/test";
import { decodeRrd } from "@rerun-ts/core/decode";
import { RecordingStream, serve } from "@rerun-ts/node";
import { logFrame, logStart } from "../../examples/web/points/scene.ts";
import { countChunks, saveFromServer } from "./read-server.ts";
import { requireRealRerun, type Rerun } from "./rerun.ts";
import { servePages, type PageServer } from "./serve.ts";

let pages: PageServer;
let folder: string;
let rerun: Rerun;
let relay: serve.GrpcServer;

test.beforeAll(async () => {
  pages = await servePages();
  folder = makeTemporaryFolder().path;
});

test.beforeEach(async () => {
  rerun = await requireRealRerun();
  relay = await serve.serveGrpcRelay({ port: 0, writeToken: "s3cret" });
});

test.afterEach(() => relay.close());

test.afterAll(async () => {
  await pages.close();
  await removeTemporaryFolder(folder);
});

test("a page sends a relay the same data that the same module logs on Node", async ({ page }) => {
  await openPage(page);
  await page.evaluate(async () => {
    window.live.start();
    await window.live.connect({ token: "s3cret", waitForConnection: true });
    window.live.log(0, 50);
  });
  expect(await page.evaluate(() => window.live.flush(10_000))).toMatchObject({ complete: true, droppedRows: 0 });
  await expectFrames(50);
});

test("data that a page logs while the relay is replaced, and while the page is offline, arrives", async ({
  page,
  context,
}) => {
  await openPage(page);
  await page.evaluate(async () => {
    await window.live.connect({ token: "s3cret", waitForConnection: true });
    window.live.start();
    window.live.log(0, 20);
    await window.live.flush(10_000);
  });
  const { port } = relay;
  await relay.close();
  await page.evaluate(async () => {
    window.live.log(20, 40);
    await window.live.flush(300);
  });
  relay = await serve.serveGrpcRelay({ port, writeToken: "s3cret" });
  expect(await page.evaluate(() => window.live.flush(10_000))).toMatchObject({ complete: true, droppedRows: 0 });
  await context.setOffline(true);
  await page.evaluate(() => window.live.log(40, 50));
  await context.setOffline(false);
  expect(await page.evaluate(() => window.live.flush(20_000))).toMatchObject({ complete: true, droppedRows: 0 });
  await expectFrames(50, 20);
});

test("data that a page logs while it is unloaded still arrives, once", async ({ page }) => {
  await openPage(page);
  await page.evaluate(async () => {
    window.live.start();
    await window.live.connect({ token: async () => "s3cret", waitForConnection: true });
    window.live.log(0, 30);
    await window.live.flush(10_000);
    addEventListener("pagehide", () => window.live.log(30, 35));
  });
  await page.goto("about:blank");
  await expectFrames(35);
  expect(relay.stats().duplicates).toBe(0);
});

test("a page without the token, or of an origin that is not allowed, receives a hint", async ({ page }) => {
  await openPage(page);
  const connecting = page.evaluate(() => window.live.connect({ waitForConnection: true, timeoutMs: 500 }));
  await expect(connecting).rejects.toThrow(/the connection was refused or lost; is it running|timed out after 500 ms/);
  expect(relay.stats()).toMatchObject({ receivedMessages: 0 });
  expect(relay.stats().refused).toBeGreaterThan(0);
});

async function openPage(page: Page): Promise<void> {
  const url = `ws://127.0.0.1:${relay.port}/ws`;
  await page.goto(`${pages.url}tests/e2e/pages/live.html?url=${encodeURIComponent(url)}`);
  await page.waitForFunction(() => "live" in window);
}

/** Compares the data of the relay with the data that the same module logs on Node. */
async function expectFrames(to: number, from = 0): Promise<void> {
  const fromNode = join(folder, "node.rrd");
  const rec = new RecordingStream("points", { recordingId: "points", batcher: { flushNumRows: 0 } });
  await rec.save(fromNode);
  logStart(rec);
  for (let frame = from; frame < to; frame++) logFrame(rec, frame);
  await rec.close();
  const fromRelay = join(folder, "relay.rrd");
  const server = { url: relay.url, stop: () => relay.close() };
  await saveFromServer(rerun.path, server, fromRelay, countChunks(decodeRrd(await readFile(fromNode))));
  await rerun.run("rrd", "compare", "--unordered", fromRelay, fromNode);
}
