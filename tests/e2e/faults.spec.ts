import { isSoak } from "@rerun-ts/test-support/node/environment";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, test, type Page } from "@playwright/test";
import { decodeRrd } from "@rerun-ts/core/decode";
import { RecordingStream } from "@rerun-ts/node";
import { logFrame, logStart } from "../../examples/web/points/scene.ts";
import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { FlakyProxy } from "./flaky-proxy.ts";
import { countChunks, readChunksFrom, saveFromServer } from "./read-server.ts";
import { requireRealRerun, type Rerun } from "./rerun.ts";
import { servePages, type PageServer } from "./serve.ts";

const KILLS = isSoak ? 10 : 3;
const ROUND = 20;
/** The number of chunks of some frames, and of the properties and the static text, which every server gets. */
const chunksOf = (frames: number): number => 2 + frames * 2;

const stops: (() => Promise<void>)[] = [];
let pages: PageServer;
let folder: string;
let rerun: Rerun;

test.beforeAll(async () => {
  rerun = await requireRealRerun();
  pages = await servePages();
  folder = makeTemporaryFolder().path;
});
test.afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
test.afterAll(async () => {
  await pages?.close();
  if (folder !== undefined) await removeTemporaryFolder(folder);
});

test(`a page loses nothing and duplicates nothing when ${KILLS} servers are killed while it sends`, async ({
  page,
}) => {
  test.setTimeout(60_000 + KILLS * 20_000);
  const proxy = await startProxy();
  await openPage(page, proxy.url);
  await page.evaluate(() => {
    window.live.start();
    return window.live.connect({});
  });
  const files: string[] = [];
  for (let round = 0; round < KILLS; round++) {
    const server = await start();
    proxy.target = server.port;
    await log(page, round * ROUND, (round + 0.5) * ROUND);
    expect(await page.evaluate(() => window.live.flush(15_000))).toMatchObject({ complete: true, droppedRows: 0 });
    // Data now arrives, but the page receives no acknowledgement: it must send the data again to the next server. This
    // server has also acknowledged the messages that the server before did not acknowledge.
    const frames = round === 0 ? ROUND / 2 : ROUND;
    const before = countChunks(await readChunksFrom(server.url, chunksOf(frames)));
    proxy.isMuted = true;
    await log(page, (round + 0.5) * ROUND, (round + 1) * ROUND);
    expect(await page.evaluate(() => window.live.flush(200))).toMatchObject({ complete: false });
    const file = join(folder, `killed-${round}.rrd`);
    await saveFromServer(rerun.path, server, file, before + 1);
    files.push(file);
    proxy.target = undefined;
    proxy.cut();
    proxy.isMuted = false;
  }
  const server = await start();
  proxy.target = server.port;
  expect(await page.evaluate(() => window.live.flush(20_000))).toMatchObject({ complete: true, droppedRows: 0 });
  expect(await page.evaluate(() => window.live.stats().sinks[0])).toMatchObject({ state: "open", reconnects: KILLS });
  const last = join(folder, "last.rrd");
  await saveFromServer(rerun.path, server, last, chunksOf(ROUND / 2));
  const merged = join(folder, "merged.rrd");
  await rerun.run("rrd", "merge", "-o", merged, ...files, last);
  const fromNode = await logOnNode(KILLS * ROUND);
  await rerun.run("rrd", "compare", "--unordered", merged, fromNode);
  // Some data was sent twice; otherwise the test would prove little.
  let chunks = 0;
  for (const file of [...files, last]) chunks += countChunks(decodeRrd(await readFile(file)));
  expect(chunks).toBeGreaterThan(countChunks(decodeRrd(await readFile(fromNode))) + KILLS);
});

test("a page that is unloaded while it sends delivers or counts every row", async ({ page, context }) => {
  const server = await start();
  await openPage(page, server.url);
  await page.evaluate(async () => {
    await window.live.connect({ waitForConnection: true });
    window.live.noteDrops("drops");
    window.live.stream("rows");
  });
  await page.waitForTimeout(1000);
  await page.goto("about:blank");
  const later = await context.newPage();
  await later.goto(`${pages.url}tests/e2e/pages/recorder.html`);
  const { rows, lost } = await later.evaluate(() => {
    const drops = JSON.parse(localStorage.getItem("drops") ?? "[]") as { droppedRows: number }[];
    return { rows: Number(localStorage.getItem("rows")), lost: drops.at(-1)?.droppedRows ?? 0 };
  });
  expect(rows).toBeGreaterThan(10);
  // Each row is a chunk, and so are the properties of the recording.
  await readChunksFrom(server.url, rows - lost + 1);
});

test("a page whose server never responds times out, and counts its dropped rows", async ({ page }) => {
  const proxy = await startProxy();
  proxy.isMuted = true;
  await openPage(page, proxy.url);
  const connecting = page.evaluate(() => window.live.connect({ waitForConnection: true, timeoutMs: 300 }));
  await expect(connecting).rejects.toThrow(/timed out after 300 ms/);
  await page.evaluate(() => {
    window.live.start();
    window.live.log(0, 50);
    window.live.noteDrops("never");
  });
  expect(await page.evaluate(() => window.live.flush(300))).toMatchObject({ complete: false, droppedRows: 0 });
  expect(await page.evaluate(() => window.live.close(300))).toMatchObject({ complete: false });
  await expect.poll(() => page.evaluate(() => window.live.stats().sinks[0]?.droppedRows)).toBeGreaterThan(100);
  expect(await page.evaluate(() => JSON.parse(localStorage.getItem("never") ?? "[]"))).not.toEqual([]);
});

test("a page of an origin that is not allowed receives advice, which works", async ({ page }) => {
  // An origin that Rerun does not allow by default.
  const others = await servePages({ host: "127.0.0.2" });
  stops.push(() => others.close());
  const { origin } = new URL(others.url);
  expect(origin).toContain("127.0.0.2");
  const refusing = await start();
  await openPage(page, refusing.url, others);
  await page.evaluate(async () => {
    window.live.start();
    await window.live.connect({});
    await window.live.flush(500);
  });
  expect(await page.evaluate(() => window.live.problems[0])).toContain(`--cors-allow-origin ${origin}`);
  await refusing.stop();
  await start(refusing.port, ["--cors-allow-origin", origin]);
  expect(await page.evaluate(() => window.live.flush(15_000))).toMatchObject({ complete: true, droppedRows: 0 });
});

async function start(port?: number, more?: readonly string[]): Promise<RealServer> {
  const server = await RealServer.start(rerun.path, port, more);
  stops.push(() => server.stop());
  return server;
}

async function startProxy(): Promise<FlakyProxy> {
  const proxy = await FlakyProxy.start();
  stops.push(() => proxy.close());
  return proxy;
}

async function openPage(page: Page, url: string, from: PageServer = pages): Promise<void> {
  await page.goto(`${from.url}tests/e2e/pages/live.html?${new URLSearchParams({ url })}`);
  await page.waitForFunction(() => "live" in window);
}

function log(page: Page, from: number, to: number): Promise<void> {
  return page.evaluate(([first, end]) => window.live.log(first, end), [from, to] as const);
}

/** The same frames, logged to a file on Node. */
async function logOnNode(frames: number): Promise<string> {
  const file = join(folder, "node.rrd");
  const rec = new RecordingStream("points", { recordingId: "points", batcher: { flushNumRows: 0 } });
  await rec.save(file);
  logStart(rec);
  for (let frame = 0; frame < frames; frame++) logFrame(rec, frame);
  await rec.close();
  return file;
}
