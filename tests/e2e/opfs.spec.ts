import { randomInt } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, test, type Page } from "@playwright/test";
import { decodeRrd } from "@rerun-ts/core/decode";
import { RecordingStream } from "@rerun-ts/node";
import { logFrame, logStart } from "../../examples/web/points/scene.ts";
import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { KILLS, pageEnds, randomMoments, type Moment } from "./page-ends.ts";
import { ProfiledBrowser } from "./profile.ts";
import { requireRealRerun, type Rerun } from "./rerun.ts";
import { servePages, type PageServer } from "./serve.ts";

const QUOTA = 20e6;

let pages: PageServer;
let folder: string;
let rerun: Rerun;
let browser: ProfiledBrowser;
/** Pages that log until they end call this function. */
let onFlushed = (_id: string, _frame: number): void => {};

test.beforeAll(async () => {
  rerun = await requireRealRerun();
  pages = await servePages();
  folder = makeTemporaryFolder().path;
  browser = new ProfiledBrowser(join(folder, "profile"));
});
test.afterAll(async () => {
  await browser?.close();
  await pages?.close();
  if (folder !== undefined) await removeTemporaryFolder(folder);
});

for (const [title, end] of Object.entries(pageEnds(() => browser, openPage))) {
  test(`a recording has every row that was flushed when ${title}, at ${KILLS} random moments`, async () => {
    test.setTimeout(60_000 + KILLS * 5000);
    const seed = randomInt(2 ** 31);
    const nextMoment = randomMoments(seed);
    const files: string[] = [];
    let page = await openPage();
    for (let kill = 0; kill < KILLS; kill++) {
      const name = `${title} ${kill}`;
      const isLast = kill === KILLS - 1;
      const moment = { ...nextMoment(), ...(isLast && { largeBytes: 0 }) };
      const flushed = await recordUntil(page, name, moment);
      page = await end(page);
      const file = await read(page, name);
      const frames = framesIn(await readFile(file));
      // A file whose page ended before the first chunk was written is empty, and has no footer.
      if (frames.length > 0) files.push(file);
      const what = `kill ${kill} with seed ${seed}: ${JSON.stringify(moment)}`;
      expect(frames, what).toEqual(Array.from({ length: frames.length }, (_, frame) => frame));
      expect(frames.length, what).toBeGreaterThanOrEqual(flushed());
      if (isLast) await expectSameAsOnNode(file, frames.length);
      // The next page continues it.
      await page.evaluate(async (recording) => {
        await window.opfs.save(recording, {}, "later");
        window.opfs.log(0, 5);
        await window.opfs.close();
      }, name);
      const continued = framesIn(await readFile(await read(page, name, "continued")));
      expect(continued.slice(-5), what).toEqual([0, 1, 2, 3, 4]);
      // A worker that is terminated may live a little longer than the first reading.
      const before = continued.slice(0, -5);
      expect(before, what).toEqual(Array.from({ length: before.length }, (_, frame) => frame));
      expect(before.length, what).toBeGreaterThanOrEqual(frames.length);
      await page.evaluate((recording) => window.opfs.delete(recording), name);
    }
    expect(await rerun.run("rrd", "verify", ...files)).toContain(`${files.length} files verified without error`);
    await page.close();
  });
}

test("a recording is sent to a real server, and is the same there", async () => {
  const page = await openPage();
  const server = await RealServer.start(rerun.path);
  try {
    await page.evaluate(async (url) => {
      await window.opfs.save("sent");
      window.opfs.start();
      window.opfs.log(0, 50);
      await window.opfs.close();
      await window.opfs.sendTo("sent", url);
    }, server.url);
    const file = join(folder, "sent.rrd");
    await server.save(file);
    await rerun.run("rrd", "compare", "--unordered", file, await logOnNode(50));
  } finally {
    await server.stop();
    await page.close();
  }
});

for (const kind of ["a profile on disk", "an incognito window"] as const) {
  test(`a full quota breaks the sink with the code QUOTA and keeps what it has, in ${kind}`, async ({ context }) => {
    const page = await openPage(kind === "an incognito window" ? await context.newPage() : undefined);
    await limitQuota(page);
    const result = await page.evaluate(async () => {
      await window.opfs.save("full");
      window.opfs.start();
      for (let row = 0; row < 40; row++) {
        window.opfs.logLarge(1_000_000);
        if (row % 10 === 9) window.opfs.log(row, row + 1);
      }
      return window.opfs.flush();
    });
    expect(result).toMatchObject({ code: "QUOTA", message: expect.stringMatching(/\d+ bytes of .* are kept/) });
    const { droppedRows } = (await page.evaluate(() => window.opfs.stats())) ?? {};
    const file = await download(page, "full");
    const chunks = readChunks(await readFile(file));
    const large = chunks.filter(({ entityPath }) => entityPath === "/large").length;
    expect(large).toBeGreaterThanOrEqual(8);
    expect(large).toBeLessThan(20);
    // Each frame has two rows, and the rows that the page logs once are present.
    expect(chunks.length + (droppedRows ?? 0)).toBe(40 + 4 * 2 + 1);
    expect(await rerun.run("rrd", "verify", file)).toContain("1 file verified without error");
    await page.close();
  });

  test(`a full quota removes the oldest data if asked to, counted, in ${kind}`, async ({ context }) => {
    const page = await openPage(kind === "an incognito window" ? await context.newPage() : undefined);
    await limitQuota(page);
    const result = await page.evaluate(async () => {
      await window.opfs.save("rolling", { onFull: "drop-oldest", ifExists: "replace" });
      window.opfs.start();
      for (let row = 0; row < 60; row++) {
        window.opfs.logLarge(1_000_000);
        window.opfs.log(row, row + 1);
      }
      return window.opfs.flush();
    });
    expect(result).toMatchObject({ complete: true });
    const droppedRows = (await page.evaluate(() => window.opfs.stats()))?.droppedRows ?? 0;
    expect(droppedRows).toBeGreaterThan(0);
    const chunks = readChunks(await readFile(await download(page, "rolling")));
    expect(chunks.map(({ entityPath }) => entityPath)).toContain("/log");
    expect(chunks.length + droppedRows).toBe(60 * 3 + 1);
    expect(chunks.flatMap(({ times }) => times["frame"] ?? []).at(-1)).toBe(59n);
    await page.close();
  });
}

test("a recording whose site's data is removed counts what is lost, and goes on with its static data", async () => {
  const page = await openPage();
  await page.evaluate(async () => {
    await window.opfs.save("removed");
    window.opfs.start();
    window.opfs.log(0, 50);
    await window.opfs.flush();
  });
  await removeSiteData(page);
  const lost = await page.evaluate(async () => {
    window.opfs.log(50, 60);
    await window.opfs.flush();
    return { stats: window.opfs.stats(), problems: window.opfs.problems };
  });
  expect(lost.stats).toMatchObject({ state: "open" });
  expect(lost.problems.join()).toMatch(/bytes of the recording "removed" are lost, because the data of this site was/);
  await page.evaluate(async () => {
    window.opfs.log(60, 100);
    await window.opfs.close();
  });
  const droppedRows = (await page.evaluate(() => window.opfs.stats()))?.droppedRows ?? 0;
  const chunks = readChunks(await readFile(await read(page, "removed")));
  const frames = chunks
    .filter(({ entityPath }) => entityPath === "/spiral")
    .flatMap(({ times }) => times["frame"] ?? []);
  expect(frames.map(Number).slice(-40)).toEqual(Array.from({ length: 40 }, (_, at) => 60 + at));
  expect(chunks.some(({ times }) => Object.keys(times).length === 0)).toBe(true);
  expect(droppedRows).toBeGreaterThanOrEqual(100);
  // Two rows for each frame, and the rows that the page logs once.
  expect(chunks.length + droppedRows).toBe(100 * 2 + 1);
  await page.close();
});

test("a spool whose site's data is removed counts what is lost, and sends what follows", async () => {
  const page = await openPage();
  const server = await RealServer.start(rerun.path);
  await server.stop();
  const lost = await page.evaluate(async (url) => {
    await window.opfs.spool(url, "removed spool");
    window.opfs.start();
    window.opfs.log(0, 50);
    await window.opfs.flush();
    return window.opfs.stats();
  }, server.url);
  expect(lost).toMatchObject({ droppedRows: 0 });
  await removeSiteData(page);
  const after = await page.evaluate(async () => {
    window.opfs.log(50, 60);
    await window.opfs.flush();
    window.opfs.log(60, 100);
    const { complete } = (await window.opfs.flush()) as { complete: boolean };
    return { complete, stats: window.opfs.stats(), problems: window.opfs.problems };
  });
  expect(after.problems.join()).toMatch(/bytes of the spool "default" are lost, because the data of this site was/);
  expect(after.problems.join()).not.toMatch(/bytes of the spool "default" are kept;|IO_ERROR/);
  expect(after.stats?.queuedBytes).toBeGreaterThan(0);
  await page.close();
});

test("a spool without any room says that data is not stored, and goes on when there is room", async () => {
  const page = await openPage();
  const server = await RealServer.start(rerun.path);
  await server.stop();
  await page.evaluate(async (url) => {
    await window.opfs.spool(url, "full spool", { name: "full spool" });
    window.opfs.start();
    await window.opfs.flush();
  }, server.url);
  const setQuota = await limitQuota(page, 100_000);
  const full = await page.evaluate(() => {
    window.opfs.logLarge(3_000_000);
    return window.opfs.flush();
  });
  expect(full).toMatchObject({ code: "QUOTA", message: expect.stringContaining("the storage is full") });
  await setQuota(undefined);
  await expect
    .poll(() =>
      page.evaluate(() => {
        window.opfs.log(0, 10);
        return window.opfs.flush();
      }),
    )
    .toMatchObject({ complete: true });
  const { stats, problems } = await page.evaluate(() => ({
    stats: window.opfs.stats(),
    problems: window.opfs.problems,
  }));
  expect(stats).toMatchObject({ state: "connecting" });
  expect(problems.join()).toContain("until that works, data that the server does not take is dropped");
  await page.close();
});

async function removeSiteData(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin: new URL(pages.url).origin, storageTypes: "all" });
}

async function openPage(given?: Page): Promise<Page> {
  const page = given ?? (await browser.newPage());
  await page.exposeFunction("onFlushed", (id: string, frame: number) => onFlushed(id, frame));
  await page.goto(`${pages.url}tests/e2e/pages/opfs.html`);
  await page.waitForFunction(() => "opfs" in window);
  return page;
}

/**
 * Records in a page until a moment, and goes on. Returns a function that tells how many frames were flushed at least.
 */
async function recordUntil(page: Page, name: string, moment: Moment): Promise<() => number> {
  let flushed = 0;
  let rounds = 0;
  const isTime = new Promise<void>((resolve) => {
    if (moment.rounds === 0) resolve();
    onFlushed = (id, frame) => {
      if (id !== name) return;
      flushed = frame;
      if (++rounds >= moment.rounds) resolve();
    };
  });
  await page.evaluate(
    async ([recording, largeBytes]) => {
      await window.opfs.save(recording);
      window.opfs.start();
      void window.opfs.logEndlessly(recording, largeBytes);
    },
    [name, moment.largeBytes] as const,
  );
  await isTime;
  await sleep(moment.delayMs);
  return () => flushed;
}

/** Writes a recording of the page to a file, and returns its path. */
async function read(page: Page, name: string, fileName = name): Promise<string> {
  const file = join(folder, `${fileName}.rrd`);
  await writeFile(file, await page.evaluate((recording) => window.opfs.read(recording), name), "base64");
  return file;
}

/** Leaves room for so many bytes. Returns a function that sets the quota, or removes it. */
async function limitQuota(page: Page, bytes = QUOTA): Promise<(quotaSize: number | undefined) => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(pages.url);
  const { usage } = await session.send("Storage.getUsageAndQuota", { origin });
  const setQuota = async (quotaSize: number | undefined): Promise<void> => {
    await session.send("Storage.overrideQuotaForOrigin", { origin, ...(quotaSize !== undefined && { quotaSize }) });
  };
  await setQuota(usage + bytes);
  return setQuota;
}

async function download(page: Page, name: string): Promise<string> {
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.evaluate((recording) => window.opfs.download(recording), name),
  ]);
  const file = join(folder, "downloaded.rrd");
  await saved.saveAs(file);
  return file;
}

function framesIn(rrd: Uint8Array): number[] {
  return readChunks(rrd)
    .filter(({ entityPath }) => entityPath === "/spiral")
    .flatMap(({ times }) => (times["frame"] ?? []).map(Number));
}

/**
 * A file is whole, and has the data that the same module logs on Node. The last frame may be half there: it has two
 * rows.
 */
async function expectSameAsOnNode(file: string, frames: number): Promise<void> {
  expect(await rerun.run("rrd", "verify", file)).toContain("1 file verified without error");
  const chunks = decodeRrd(await readFile(file)).filter(({ kind }) => kind === "chunk").length;
  const node = await logOnNode(frames);
  const onNode = decodeRrd(await readFile(node)).filter(({ kind }) => kind === "chunk").length;
  expect([onNode, onNode - 1]).toContain(chunks);
  if (chunks === onNode) await rerun.run("rrd", "compare", "--unordered", file, node);
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
