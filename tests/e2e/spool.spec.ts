import { isSoak } from "@rerun-ts/test-support/node/environment";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, test, type Page } from "@playwright/test";
import { freePort, urlOf } from "@rerun-ts/test-support/node/free-port";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { pageEnds, randomMoments, SPOOL_KILLS, type Moment } from "./page-ends.ts";
import { ProfiledBrowser } from "./profile.ts";
import { requireRealRerun, type Rerun } from "./rerun.ts";
import { SavingRelay } from "./saving-relay.ts";
import { servePages, type PageServer } from "./serve.ts";

const ROUNDS = isSoak ? 10 : 1;
/** The distance between the first frame of a page and the first frame of the page before. */
const STEP = 100_000;

let pages: PageServer;
let folder: string;
let rerun: Rerun;
let browser: ProfiledBrowser;
let port: number;
let relay: SavingRelay | undefined;
let files: string[];
/** Pages that log until they end call this function. */
let onFlushed = (_id: string, _frame: number): void => {};

test.beforeAll(async () => {
  rerun = await requireRealRerun();
  pages = await servePages();
});
test.beforeEach(async () => {
  folder = makeTemporaryFolder().path;
  browser = new ProfiledBrowser(join(folder, "profile"));
  port = await freePort();
  files = [];
});
test.afterEach(async () => {
  await relay?.kill();
  await browser.close();
  await removeTemporaryFolder(folder);
});
test.afterAll(() => pages?.close());

const TRANSPORTS: Readonly<Record<string, (port: number) => string>> = {
  "over gRPC-web": urlOf,
  "over a WebSocket": (at) => `ws://127.0.0.1:${at}/ws`,
};

for (const [title, urlAt] of Object.entries(TRANSPORTS)) {
  test(`pages that are offline, or end while they are, lose and repeat nothing ${title}`, async () => {
    test.setTimeout(90_000 + ROUNDS * 60_000);
    const url = urlAt(port);
    /** The number of frames that each page has flushed. */
    const flushed: number[] = [];
    let count = 0;
    const openSpool = async (): Promise<{ page: Page; log: (frames: number) => Promise<void> }> => {
      const page = await openPage();
      const number = count++;
      await page.evaluate(([to, id]) => window.opfs.spool(to, id), [url, `page ${number}`] as const);
      await page.evaluate(() => window.opfs.start());
      const log = async (frames: number): Promise<void> => {
        const from = number * STEP + (flushed[number] ?? 0);
        await page.evaluate(([first, end]) => window.opfs.log(first, end), [from, from + frames] as const);
        expect(await page.evaluate(() => window.opfs.flush())).toMatchObject({ complete: true, droppedRows: 0 });
        flushed[number] = (flushed[number] ?? 0) + frames;
      };
      return { page, log };
    };
    for (let round = 0; round < ROUNDS; round++) {
      const one = await openSpool();
      const other = await openSpool();
      await Promise.all([one.log(20), other.log(20)]);
      await startRelay();
      await Promise.all([one.log(20), other.log(20)]);
      // It has some of the data, and is killed while it receives the rest.
      await relay?.kill();
      await Promise.all([one.log(20), other.log(20)]);
      await browser.crash(one.page);
      await other.page.context().setOffline(true);
      await startRelay();
      await other.log(20);
      await other.page.context().setOffline(false);
      // This page takes over the data that the other page has left, unless it ends before.
      await other.log(20);
      await other.page.close();
      const third = await openSpool();
      await third.log(20);
      await browser.kill();
      await relay?.kill();
    }
    await startRelay();
    const last = await openSpool();
    await last.log(1);
    await expectAllSent(last.page);
    const frames = await deliveredFrames();
    expect(new Set(frames).size).toBe(frames.length);
    const expected = flushed.flatMap((end, number) => Array.from({ length: end }, (_, frame) => number * STEP + frame));
    expect(frames.toSorted((a, b) => a - b)).toEqual(expected);
    // Pages leave nothing behind once everything has arrived.
    await last.page.evaluate(() => window.opfs.close());
    expect(await last.page.evaluate(countSpooledFiles)).toBe(0);
  });
}

test(`pages that end at ${SPOOL_KILLS} random moments lose and repeat nothing that was flushed`, async () => {
  test.setTimeout(90_000 + SPOOL_KILLS * 5000);
  const seed = randomInt(2 ** 31);
  const nextMoment = randomMoments(seed);
  const ends = Object.entries(pageEnds(() => browser, openPage));
  const urls = Object.values(TRANSPORTS).map((urlAt) => urlAt(port));
  const flushed: (() => number)[] = [];
  const moments: string[] = [];
  let page = await openPage();
  for (let kill = 0; kill < SPOOL_KILLS; kill++) {
    const [title, end] = ends[kill % ends.length] as (typeof ends)[number];
    const moment = nextMoment();
    moments.push(`${title}, ${JSON.stringify(moment)}`);
    // The relay is there, or not, or is killed while it receives.
    if (kill % 3 !== 0) await startRelay();
    flushed.push(await spoolUntil(page, urls[kill % urls.length] as string, kill, moment));
    if (kill % 3 === 1) await relay?.kill();
    page = await end(page);
    if (kill % 3 === 2) await relay?.kill();
  }
  await startRelay();
  await page.evaluate(([to]) => window.opfs.spool(to, "the last"), [urls[0] as string] as const);
  await page.evaluate(() => window.opfs.start());
  await expectAllSent(page);
  const frames = await deliveredFrames();
  expect(new Set(frames).size, `seed ${seed}`).toBe(frames.length);
  const delivered = new Set(frames);
  for (const [kill, count] of flushed.entries()) {
    const missing = Array.from({ length: count() }, (_, frame) => kill * STEP + frame).filter(
      (frame) => !delivered.has(frame),
    );
    expect(missing, `kill ${kill} with seed ${seed}: ${moments[kill]}`).toEqual([]);
  }
  await page.evaluate(() => window.opfs.close());
  expect(await page.evaluate(countSpooledFiles)).toBe(0);
});

test("a full quota drops the oldest data of a spool, counted, and the rest arrives", async () => {
  const page = await openPage();
  const session = await page.context().newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(pages.url).origin, quotaSize: 20e6 });
  await page.evaluate(async (url) => {
    await window.opfs.spool(url, "full");
    window.opfs.start();
    for (let row = 0; row < 60; row++) {
      window.opfs.logLarge(500_000);
      window.opfs.log(row, row + 1);
      if (row % 10 === 9) await window.opfs.flush();
    }
  }, urlOf(port));
  const droppedRows = (await page.evaluate(() => window.opfs.stats()))?.droppedRows ?? 0;
  expect(droppedRows).toBeGreaterThan(0);
  expect((await page.evaluate(() => window.opfs.problems)).join()).toContain("is full: the oldest data is dropped");
  await startRelay();
  expect(await page.evaluate(() => window.opfs.flush({ ack: true, timeoutMs: 30_000 }))).toMatchObject({
    complete: false,
    droppedRows,
  });
  await relay?.stop();
  const chunks = readChunks(await readFile(files.at(-1) as string));
  expect(chunks.length + droppedRows).toBe(60 * 3 + 1);
  expect(chunks.flatMap(({ times }) => times["frame"] ?? []).at(-1)).toBe(59n);
});

async function openPage(): Promise<Page> {
  const page = await browser.newPage();
  await page.exposeFunction("onFlushed", (id: string, frame: number) => onFlushed(id, frame));
  await page.goto(`${pages.url}tests/e2e/pages/opfs.html`);
  await page.waitForFunction(() => "opfs" in window);
  return page;
}

/**
 * Logs into a spool until a moment, and goes on. Returns a function that tells how many frames were flushed at least.
 */
async function spoolUntil(page: Page, url: string, number: number, moment: Moment): Promise<() => number> {
  const recordingId = `page ${number}`;
  const from = number * STEP;
  let flushed = 0;
  let rounds = 0;
  const isTime = new Promise<void>((resolve) => {
    if (moment.rounds === 0) resolve();
    onFlushed = (id, frame) => {
      if (id !== recordingId) return;
      flushed = frame - from;
      if (++rounds >= moment.rounds) resolve();
    };
  });
  await page.evaluate(
    async ([to, id, largeBytes, first]) => {
      await window.opfs.spool(to, id);
      window.opfs.start();
      void window.opfs.logEndlessly(id, largeBytes, first);
    },
    [url, recordingId, moment.largeBytes, from] as const,
  );
  await isTime;
  await sleep(moment.delayMs);
  return () => flushed;
}

/** Waits until the relay has everything that is in the spool. */
async function expectAllSent(page: Page): Promise<void> {
  expect(await page.evaluate(() => window.opfs.flush({ ack: true, timeoutMs: 30_000 }))).toMatchObject({
    complete: true,
    droppedRows: 0,
    pendingBytes: 0,
  });
}

async function startRelay(): Promise<void> {
  files.push(join(folder, `${files.length}.rrd`));
  relay = await SavingRelay.start(port, files.at(-1) as string);
}

/** The frames in the files of all relays, merged by the real `rerun`. */
async function deliveredFrames(): Promise<number[]> {
  await relay?.stop();
  const merged = join(folder, "merged.rrd");
  // A relay without data has no file.
  await rerun.run("rrd", "merge", "-o", merged, ...files.filter((file) => existsSync(file)));
  return readChunks(await readFile(merged))
    .filter(({ entityPath }) => entityPath === "/spiral")
    .flatMap(({ times }) => (times["frame"] ?? []).map(Number));
}

/** Runs in the page. */
async function countSpooledFiles(): Promise<number> {
  const root = await navigator.storage.getDirectory();
  const count = async (directory: FileSystemDirectoryHandle): Promise<number> => {
    let found = 0;
    const children = directory as unknown as { values(): AsyncIterable<FileSystemHandle> };
    for await (const child of children.values())
      found += child.kind === "file" ? 1 : await count(child as FileSystemDirectoryHandle);
    return found;
  };
  return count(await (await root.getDirectoryHandle("rerun-ts")).getDirectoryHandle("spools"));
}
