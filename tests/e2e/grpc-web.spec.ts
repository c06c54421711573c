import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, test, type Page } from "@playwright/test";
import { decodeRrd } from "@rerun-ts/core/decode";
import { RecordingStream } from "@rerun-ts/node";
import { logFrame, logStart } from "../../examples/web/points/scene.ts";
import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { countChunks, saveFromServer } from "./read-server.ts";
import { requireRealRerun, type Rerun } from "./rerun.ts";
import { servePages, type PageServer } from "./serve.ts";

let pages: PageServer;
let folder: string;
let rerun: Rerun;
let server: RealServer;

test.beforeAll(async () => {
  pages = await servePages();
  folder = makeTemporaryFolder().path;
});

test.beforeEach(async () => {
  rerun = await requireRealRerun();
  server = await RealServer.start(rerun.path);
});

test.afterEach(async () => {
  await server.stop();
});

test.afterAll(async () => {
  await pages.close();
  await removeTemporaryFolder(folder);
});

test("a page sends the real server the same data that the same module logs on Node", async ({ page }) => {
  await openPage(page);
  await page.evaluate(async () => {
    window.live.start();
    await window.live.connect({ waitForConnection: true });
    window.live.log(0, 50);
  });
  expect(await page.evaluate(() => window.live.flush(10_000))).toMatchObject({ complete: true, droppedRows: 0 });
  await expectFrames(50);
});

test("data that a page logs while it is offline arrives later", async ({ page, context }) => {
  await openPage(page);
  await page.evaluate(() => window.live.connect({ waitForConnection: true }));
  await context.setOffline(true);
  await page.evaluate(() => {
    window.live.start();
    window.live.log(0, 50);
  });
  expect(await page.evaluate(() => window.live.flush(500))).toMatchObject({ complete: false });
  await context.setOffline(false);
  expect(await page.evaluate(() => window.live.flush(10_000))).toMatchObject({ complete: true, droppedRows: 0 });
  await expectFrames(50);
});

test("a server that is killed and restarted receives everything that no other server acknowledged", async ({
  page,
}) => {
  await openPage(page);
  await page.evaluate(async () => {
    await window.live.connect({ waitForConnection: true });
    window.live.start();
    window.live.log(0, 20);
    await window.live.flush(10_000);
  });
  const { port } = server;
  await server.stop();
  await page.evaluate(async () => {
    window.live.log(20, 50);
    await window.live.flush(300);
  });
  server = await RealServer.start(rerun.path, port);
  expect(await page.evaluate(() => window.live.flush(10_000))).toMatchObject({ complete: true, droppedRows: 0 });
  expect(await page.evaluate(() => window.live.problems[0])).toContain(`cannot connect to ${server.url}`);
  await expectFrames(50, 20);
});

test("data that a page logs while it is unloaded still arrives", async ({ page }) => {
  await openPage(page);
  await page.evaluate(async () => {
    window.live.start();
    await window.live.connect({ waitForConnection: true });
    window.live.log(0, 30);
    await window.live.flush(10_000);
    addEventListener("pagehide", () => window.live.log(30, 35));
  });
  await page.goto("about:blank");
  await expectFrames(35);
});

test("data that does not fit into the final request of a page is counted and reported", async ({ page, context }) => {
  await openPage(page);
  await page.evaluate(async () => {
    window.live.start();
    await window.live.connect({ waitForConnection: true });
    window.live.log(0, 30);
    await window.live.flush(10_000);
    window.live.noteDrops("drops");
    addEventListener("pagehide", () => {
      window.live.logLarge(200_000);
      window.live.log(30, 35);
    });
  });
  await page.goto("about:blank");
  // Small rows are sent although a large one was logged before them.
  await expectFrames(35);
  const later = await context.newPage();
  await later.goto(`${pages.url}tests/e2e/pages/recorder.html`);
  expect(await later.evaluate(() => JSON.parse(localStorage.getItem("drops") ?? "[]"))).toEqual([
    { rows: 1, reason: "closed", droppedRows: 1 },
  ]);
});

test("a page whose wait for a server times out receives an error, and keeps connecting", async ({ page }) => {
  await server.stop();
  await openPage(page);
  const connecting = page.evaluate(() => window.live.connect({ waitForConnection: true, timeoutMs: 200 }));
  await expect(connecting).rejects.toThrow(/is it running\?|timed out after 200 ms/);
});

async function openPage(page: Page): Promise<void> {
  await page.goto(`${pages.url}tests/e2e/pages/live.html?url=${encodeURIComponent(server.url)}`);
  await page.waitForFunction(() => "live" in window);
}

/** Compares the data of the server with the data that the same module logs on Node. */
async function expectFrames(to: number, from = 0): Promise<void> {
  const fromNode = join(folder, "node.rrd");
  const rec = new RecordingStream("points", {
    recordingId: "points",
    batcher: { flushNumRows: 0 },
  });
  await rec.save(fromNode);
  logStart(rec);
  for (let frame = from; frame < to; frame++) logFrame(rec, frame);
  await rec.close();
  const fromServer = join(folder, "server.rrd");
  await saveFromServer(rerun.path, server, fromServer, countChunks(decodeRrd(await readFile(fromNode))));
  // A chunk that was sent twice, because its acknowledgement was lost, has one id.
  const merged = join(folder, "merged.rrd");
  await rerun.run("rrd", "merge", "-o", merged, fromServer);
  await rerun.run("rrd", "compare", "--unordered", merged, fromNode);
}
