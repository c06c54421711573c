import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test, type Frame, type Page } from "@playwright/test";
import { readBack, type RowsRead } from "@rerun-ts/test-support/common/read-back";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import type { Captured, Outcome } from "./pages/hard.ts";
import { readChunksFrom } from "./read-server.ts";
import { SavingRelay } from "./saving-relay.ts";
import { servePages, type PageServer } from "./serve.ts";

/** A policy without `blob:`, inline scripts and `eval`; `workers` is the source of workers. */
function strictPolicy(workers: string): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    `worker-src ${workers}`,
    "connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:*",
    "img-src 'self' data:",
    "style-src 'self'",
  ].join("; ");
}

/** The messages that Chromium prints about blocked requests. */
const BLOCKED = /Content Security Policy|Permissions policy|cannot be accessed from origin 'null'|sandboxed/i;

/** A picture with one red pixel. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

let pages: PageServer;
/** The addresses of the same pages with other headers. */
const addresses: Record<string, string> = {};
let folder: string;
/** The relay of a test, and the file that it completes when it ends. */
let relay: SavingRelay;
let file: string;
let urls: { readonly grpc: string; readonly websocket: string };

test.beforeAll(async () => {
  // The scripts of a frame with an opaque origin come from another origin.
  pages = await servePages({ headers: { "access-control-allow-origin": "*" } });
  addresses["open"] = pages.url;
  for (const [name, workers] of Object.entries({ strict: "'self'", workerless: "'none'" }))
    addresses[name] = await pages.serveWith({ "content-security-policy": strictPolicy(workers) });
  folder = makeTemporaryFolder().path;
});

test.afterAll(async () => {
  await pages?.close();
  if (folder !== undefined) await removeTemporaryFolder(folder);
});

test.beforeEach(async () => {
  const port = await freePort();
  file = join(folder, `${randomUUID()}.rrd`);
  relay = await SavingRelay.start(port, file, "--cors-allow-origin", "null");
  urls = { grpc: `rerun+http://127.0.0.1:${port}/proxy`, websocket: `ws://127.0.0.1:${port}/ws` };
});

test.afterEach(() => relay.kill());

/** Opens a page that must not fail anywhere. Returns its uncaught errors, and the errors that it has printed. */
async function open(page: Page, name: string): Promise<string[]> {
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(String(error)));
  page.on("worker", (worker) => worker.on("console", (message) => void failures.push(message.text())));
  page.on("crash", () => failures.push("the page has crashed"));
  page.on("console", (message) => {
    if (message.type() === "error" && !BLOCKED.test(message.text())) failures.push(message.text());
  });
  await page.goto(`${addresses[name]}tests/e2e/pages/hard.html`);
  await page.waitForFunction(() => "hard" in window);
  return failures;
}

/** The rows that a recording of the page has in the file of the relay. */
async function receivedRows(): Promise<RowsRead> {
  await relay.stop();
  return readBack(await readFile(file));
}

function rowsIn(rows: Readonly<Record<string, number>> | undefined): number {
  return Object.values(rows ?? {}).reduce((sum, each) => sum + each, 0);
}

/** Every row that was logged has arrived, or was counted. */
function expectCounted(received: RowsRead, outcomes: Readonly<Record<string, Outcome>>): void {
  const arrived = Object.keys(outcomes).map((id) => [id, rowsIn(received[id])]);
  const expected = Object.entries(outcomes).map(([id, { rows, droppedRows }]) => [id, rows - droppedRows]);
  expect(Object.fromEntries(arrived)).toEqual(Object.fromEntries(expected));
}

/** Every logged frame has arrived. A video has one more row, for its codec. */
function expectCaptured(
  rows: Readonly<Record<string, number>> | undefined,
  of: Readonly<Record<string, Captured>>,
): void {
  const arrived = Object.keys(of).map((path) => [path, rows?.[`/${path}`]]);
  const expected = Object.entries(of).map(([path, { logged }]) => {
    const isVideo = path !== "images" && path !== "jpegs";
    return [path, logged === 0 ? undefined : logged + (isVideo ? 1 : 0)];
  });
  expect(Object.fromEntries(arrived)).toEqual(Object.fromEntries(expected));
  for (const { logged, dropped, captured = 0 } of Object.values(of))
    expect(logged + dropped).toBeGreaterThanOrEqual(captured);
}

/** Storage that the browser lacks is an error of each call, and the rows are counted. */
const WITHOUT_STORAGE = {
  droppedRows: 40,
  flushed: "UNSUPPORTED",
  reports: expect.arrayContaining(["error UNSUPPORTED", "rejected UNSUPPORTED"]),
};
const BY_PAGE = expect.stringContaining("the page's thread sends instead");
const ENCODED_BY_PAGE = expect.stringContaining("the page's own thread encodes, because its worker did not start");
const FOREIGN = expect.stringContaining("shows images or videos of another origin");

test("under a policy without blobs and inline scripts, everything arrives, and workers encode", async ({ page }) => {
  const failures = await open(page, "strict");
  const { grpc, websocket } = urls;
  const outcomes = {
    grpc: await page.evaluate((url) => window.hard.send("grpc", url), grpc),
    websocket: await page.evaluate((url) => window.hard.send("websocket", url), websocket),
    hosted: await page.evaluate((url) => window.hard.send("hosted", url, true), grpc),
    joined: await page.evaluate((url) => window.hard.sendJoined("joined", url), websocket),
    spooled: await page.evaluate((url) => window.hard.spool("spooled", url), websocket),
  };
  for (const outcome of Object.values(outcomes))
    expect(outcome).toMatchObject({ flushed: true, droppedRows: 0, reports: [] });
  const kept = await page.evaluate(() => window.hard.keep("kept"));
  expect(kept).toMatchObject({ flushed: true, droppedRows: 0, reports: [] });
  expect(rowsIn((await readBack(Buffer.from(kept.rrd, "base64")))["kept"])).toBe(kept.rows);
  const [saved, downloaded] = await Promise.all([
    page.waitForEvent("download"),
    page.evaluate(() => window.hard.download("downloaded")),
  ]);
  const saving = join(folder, "downloaded.rrd");
  await saved.saveAs(saving);
  expect(rowsIn((await readBack(await readFile(saving)))["downloaded"])).toBe(downloaded.rows);

  const captured = await page.evaluate((url) => window.hard.capture("captured", url), grpc);
  expect(captured).toMatchObject({ flushed: true, droppedRows: 0 });
  expect(captured.of["images"]).toEqual({ logged: 3, dropped: 0 });
  expect(captured.of["frames"]).toMatchObject({ dropped: 0 });
  const received = await receivedRows();
  expectCounted(received, { ...outcomes, captured });
  expectCaptured(received["captured"], captured.of);
  expect(captured.reports).not.toContainEqual(ENCODED_BY_PAGE);
  expect(await page.evaluate(() => window.hard.violations)).toEqual([]);
  expect([...failures, ...(await page.evaluate(() => window.hard.uncaught))]).toEqual([]);
});

test("under a policy without blobs and inline scripts, the viewer in the page takes everything", async ({ page }) => {
  test.setTimeout(120_000);
  await silenceDebug(page);
  const failures = await open(page, "strict");
  const shown = await page.evaluate(() => window.hard.show("shown"));
  expect(shown).toMatchObject({ flushed: true, droppedRows: 0, reports: [] });
  // The package of the viewer has styles within its HTML, which its canvas does not need.
  const violations = new Set(await page.evaluate(() => window.hard.violations));
  expect([...violations].filter((violation) => !violation.startsWith("style-src-"))).toEqual([]);
  expect([...failures, ...(await page.evaluate(() => window.hard.uncaught))]).toEqual([]);
});

test("under a policy without workers, the page does what it can itself, and what it cannot is an error", async ({
  page,
}) => {
  const failures = await open(page, "workerless");
  const { grpc } = urls;
  const hosted = await page.evaluate((url) => window.hard.send("hosted", url, true), grpc);
  expect(hosted).toMatchObject({ flushed: true, droppedRows: 0 });
  expect(hosted.reports).toEqual([BY_PAGE]);
  const captured = await page.evaluate((url) => window.hard.capture("captured", url), grpc);
  expect(captured.of["images"]).toEqual({ logged: 3, dropped: 0 });
  expect(captured.reports).toContainEqual(ENCODED_BY_PAGE);
  const spooled = await page.evaluate((url) => window.hard.spool("spooled", url), grpc);
  expect(spooled).toMatchObject(WITHOUT_STORAGE);
  const kept = await page.evaluate(() => window.hard.keep("kept"));
  expect(kept).toMatchObject(WITHOUT_STORAGE);
  const received = await receivedRows();
  expectCounted(received, { hosted, captured, spooled });
  expectCaptured(received["captured"], captured.of);
  expect([...failures, ...(await page.evaluate(() => window.hard.uncaught))]).toEqual([]);
});

test("in a sandboxed frame, which has no storage and no workers from files, everything arrives or is counted", async ({
  page,
}) => {
  const failures = await open(page, "open");
  const frame = await sandboxedFrame(page);
  const { grpc, websocket } = urls;
  const outcomes = {
    grpc: await frame.evaluate((url) => window.hard.send("grpc", url), grpc),
    websocket: await frame.evaluate((url) => window.hard.send("websocket", url), websocket),
    hosted: await frame.evaluate((url) => window.hard.send("hosted", url, true), grpc),
    spooled: await frame.evaluate((url) => window.hard.spool("spooled", url), websocket),
  };
  const sent = { flushed: true, droppedRows: 0, reports: [] };
  expect(outcomes).toMatchObject({
    grpc: sent,
    websocket: sent,
    hosted: { ...sent, reports: [BY_PAGE] },
    spooled: WITHOUT_STORAGE,
  });
  const kept = await frame.evaluate(() => window.hard.keep("kept"));
  expect(kept).toMatchObject({ ...WITHOUT_STORAGE, rrd: "rejected UNSUPPORTED" });
  expect(await frame.evaluate(() => window.hard.pick())).toBe("UNSUPPORTED");
  // The browser ignores downloads of such a frame without telling it.
  expect(await frame.evaluate(() => window.hard.download("downloaded"))).toMatchObject({ rows: 40, droppedRows: 0 });
  const captured = await frame.evaluate((url) => window.hard.capture("captured", url), grpc);
  expect(captured.of["images"]).toEqual({ logged: 3, dropped: 0 });
  expect(captured.reports).toContainEqual(ENCODED_BY_PAGE);
  const received = await receivedRows();
  expectCounted(received, { ...outcomes, captured });
  expectCaptured(received["captured"], captured.of);
  expect([...failures, ...(await frame.evaluate(() => window.hard.uncaught))]).toEqual([]);
});

test("a canvas that shows an image of another origin for a while is reported, and its frames are counted", async ({
  page,
}) => {
  const images: Server = createServer((_, response) => {
    response.setHeader("content-type", "image/png");
    response.end(PIXEL);
  }).listen(0, "127.0.0.1");
  await once(images, "listening");
  try {
    const failures = await open(page, "open");
    const image = `http://127.0.0.1:${(images.address() as AddressInfo).port}/pixel.png`;
    const captured = await page.evaluate(([url, imageUrl]) => window.hard.captureForeign("captured", url, imageUrl), [
      urls.grpc,
      image,
    ] as const);
    // A busy machine may also drop images because others are in progress.
    const reports = captured.reports.filter((report) => !report.startsWith("images are dropped"));
    expect(reports).toEqual([FOREIGN, FOREIGN, FOREIGN]);
    expect(captured.of["images"]).toEqual({ logged: 0, dropped: 1 });
    const received = await receivedRows();
    expectCounted(received, { captured });
    expectCaptured(received["captured"], captured.of);
    expect([...failures, ...(await page.evaluate(() => window.hard.uncaught))]).toEqual([]);
  } finally {
    images.close();
  }
});

test("a canvas and its stream that collapse for a while are logged with the usual codec, and again later", async ({
  page,
}) => {
  const failures = await open(page, "open");
  const captured = await page.evaluate((url) => window.hard.captureCollapsing("captured", url), urls.grpc);
  expect(captured.codec).not.toBe("JPEG");
  expect(captured.reports).toEqual([expect.stringMatching(/^`source` at `\/images` must be a readable image/)]);
  const received = await receivedRows();
  expectCounted(received, { captured });
  expectCaptured(received["captured"], captured.of);
  expect([...failures, ...(await page.evaluate(() => window.hard.uncaught))]).toEqual([]);
});

test("what a sandboxed frame logs while it is removed arrives", async ({ page }) => {
  const failures = await open(page, "open");
  const frame = await sandboxedFrame(page);
  await frame.evaluate((url) => window.hard.logToTheEnd("ended", url), urls.grpc);
  await page.evaluate(() => document.querySelector("iframe")?.remove());
  await readChunksFrom(urls.grpc, 2);
  expect(await receivedRows()).toMatchObject({ ended: { "/rows": 80 } });
  expect(failures).toEqual([]);
});

test("a canvas whose WebGL context is lost is logged again when it is restored", async ({ page }) => {
  const failures = await open(page, "open");
  const captured = await page.evaluate((url) => window.hard.captureLostContext("captured", url), urls.grpc);
  expect(captured.reports).toEqual([]);
  const received = await receivedRows();
  expectCounted(received, { captured });
  expectCaptured(received["captured"], captured.of);
  expect([...failures, ...(await page.evaluate(() => window.hard.uncaught))]).toEqual([]);
});

/** A frame with the same page, an opaque origin and no rights but that to run scripts. */
async function sandboxedFrame(page: Page): Promise<Frame> {
  await page.evaluate(() => {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.src = location.href;
    document.body.append(frame);
  });
  const frame = await (await page.waitForSelector("iframe")).contentFrame();
  if (frame === null) throw new Error("the frame has no page");
  await frame.waitForFunction(() => "hard" in window);
  return frame;
}
