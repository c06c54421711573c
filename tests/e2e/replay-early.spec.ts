import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { openRrd, plainRows } from "@rerun-ts/reading";
import { root } from "@rerun-ts/test-support/node/environment";
import * as esbuild from "esbuild";
import type { EarlyPageApi } from "./pages/replay-early.ts";

declare const early: EarlyPageApi;

/** The parts of the page that comes next. The server waits for {@link goOn} before each part but the first. */
let parts: string[] = [];
let waiting: ServerResponse | undefined;
let address = "";

const server = createServer((request, response) => {
  if (request.url === "/") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).write(parts.shift());
    waiting = response;
  } else response.writeHead(404).end();
});

/** Sends the next part of the page. */
function goOn(): void {
  const part = parts.shift();
  if (parts.length > 0) waiting?.write(part);
  else waiting?.end(part);
}

let script = "";
test.beforeAll(async () => {
  const built = await esbuild.build({
    entryPoints: [join(root, "tests/e2e/pages/replay-early.ts")],
    bundle: true,
    format: "iife",
    write: false,
    logLevel: "error",
    define: { "import.meta.url": "document.baseURI" },
  });
  script = built.outputFiles[0]?.text ?? "";
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
test.afterAll(() => void server.close());

/** Keeps the observers of the page that have not been disconnected, in `observers`. */
const COUNT = `
  globalThis.observers = new Set();
  const { observe, disconnect } = MutationObserver.prototype;
  MutationObserver.prototype.observe = function (...given) { observers.add(this); return observe.apply(this, given); };
  MutationObserver.prototype.disconnect = function () { observers.delete(this); return disconnect.call(this); };
`;

/** Opens a page that comes in parts, and returns the messages and errors of the page. */
async function open(page: Page, given: readonly string[]): Promise<string[]> {
  const messages: string[] = [];
  page.on("console", (message) => void messages.push(message.text()));
  page.on("pageerror", (error) => void messages.push(String(error)));
  parts = [...given];
  await page.addInitScript(`{ ${COUNT}\n${script} }`);
  await page.goto(address, { waitUntil: "commit" });
  await expect.poll(() => page.evaluate("'handle' in globalThis")).toBe(true);
  return messages;
}

/** Sends the rest of the page. Resolves when the page has loaded. */
async function finish(page: Page): Promise<void> {
  while (parts.length > 0) goOn();
  await page.waitForLoadState("load");
}

/** The texts of the events of the page: the snapshots, and the changes. */
async function eventsOf(page: Page): Promise<{ snapshots: string[]; changes: string }> {
  // The last row is written some time after its events.
  await page.waitForTimeout(200);
  const rrd = Uint8Array.from(Buffer.from(await page.evaluate(() => early.bytes()), "base64"));
  const reader = (await openRrd(rrd)).recording();
  const eventsAt = async (path: string): Promise<string[]> => {
    if (!reader.schema().entityPaths.includes(path)) return [];
    const rows = plainRows(await reader.query({ index: "log_time", contents: path }).toTable());
    return [...rows].flatMap((row) => row[`${path}:PageReplay:event`] as string[]);
  };
  return { snapshots: await eventsAt("/page/snapshots"), changes: (await eventsAt("/page")).join("\n") };
}

const START = "globalThis.state = document.readyState; globalThis.handle = early.start({ mask: 'none' })";
const REST = [
  "<body><input id=field><input id=secret type=password><p>first part</p>",
  "<p>last part</p></body></html>",
];

const PLACES: Readonly<Record<string, string>> = {
  "in <head>": `<!DOCTYPE html><html><head><script>${START}</script></head>`,
  "before <body>": `<!DOCTYPE html><html><head></head><script>${START}</script>`,
  "before all elements": `<!DOCTYPE html><script>${START}</script>`,
};
for (const [place, head] of Object.entries(PLACES))
  test(`a recorder that starts ${place} records the page when it has been parsed`, async ({ page }) => {
    const messages = await open(page, [head, ...REST]);
    expect(await page.evaluate("state")).toBe("loading");
    goOn();
    await page.locator("#field").fill("typed early");
    await page.locator("#secret").fill("an early secret");
    await page.evaluate(() => {
      // The page shows the password, and has more elements, before there is a snapshot.
      (document.querySelector("#secret") as HTMLInputElement).type = "text";
      document.body.append("added early");
      (globalThis as unknown as { handle: { snapshot(): void } }).handle.snapshot();
    });
    await finish(page);
    await page.evaluate(() => document.body.append("added late"));
    const { snapshots, changes } = await eventsOf(page);
    expect(snapshots).toHaveLength(1);
    for (const text of ["first part", "last part", "added early", "typed early"]) expect(snapshots[0]).toContain(text);
    expect(snapshots[0]).not.toContain("an early secret");
    expect(snapshots[0]).not.toContain("added late");
    expect(changes).toContain("added late");
    expect(messages).toEqual([]);
  });

for (const end of ["handle.stop()", "early.rec.close()"])
  test(`a recorder that ends before the page has been parsed logs nothing and watches nothing: ${end}`, async ({
    page,
  }) => {
    const messages = await open(page, [PLACES["in <head>"] ?? "", ...REST]);
    await page.evaluate(end);
    await finish(page);
    await page.evaluate(() => document.body.append("added late"));
    expect(await eventsOf(page)).toEqual({ snapshots: [], changes: "" });
    expect(await page.evaluate("observers.size")).toBe(0);
    expect(messages).toEqual([]);
  });

test("a recorder can start again before the page has been parsed", async ({ page }) => {
  const messages = await open(page, [PLACES["in <head>"] ?? "", ...REST]);
  await page.evaluate(`handle.stop(); ${START}`);
  await finish(page);
  const { snapshots } = await eventsOf(page);
  expect(snapshots).toHaveLength(1);
  expect(messages).toEqual([]);
});

const REPLACE = `
  const html = document.createElement("html");
  html.innerHTML = "<head></head><body><input id=new>a new page</body>";
  document.replaceChild(html, document.documentElement);
`;
const WRITE = 'document.open(); document.write("<html><body><input id=new>a new page</body></html>");';
const ROOTS: Readonly<Record<string, string>> = {
  "is replaced": REPLACE,
  "is removed, and comes later": `document.documentElement.remove(); setTimeout(() => { document.append(document.createElement("html")); ${REPLACE} }, 50);`,
  "is written again": `${WRITE} document.close();`,
  "is written again, and closed later": `${WRITE} setTimeout(() => document.close(), 50);`,
};
for (const [how, change] of Object.entries(ROOTS))
  for (const isEarly of [true, false])
    test(`a page whose root ${how} ${isEarly ? "before" : "after"} the first snapshot is recorded`, async ({
      page,
    }) => {
      const messages = await open(page, [PLACES["in <head>"] ?? "", ...REST]);
      goOn();
      if (!isEarly) await finish(page);
      await page.evaluate(change);
      if (isEarly) await finish(page);
      await page.locator("#new").fill("typed into it");
      await page.evaluate(() => document.body.append("added late"));
      const { snapshots, changes } = await eventsOf(page);
      expect(snapshots.at(-1)).toContain("a new page");
      expect(changes).toContain("typed into it");
      expect(changes).toContain("added late");
      await page.evaluate("handle.stop()");
      expect(await page.evaluate("observers.size")).toBe(0);
      expect(messages).toEqual([]);
    });

test("a page whose root is written again and never closed shows that in its replay", async ({ page }) => {
  await open(page, [PLACES["in <head>"] ?? "", ...REST]);
  await finish(page);
  await page.evaluate(WRITE);
  await page.evaluate(() => document.body.append("added late"));
  const { snapshots, changes } = await eventsOf(page);
  expect(snapshots).toHaveLength(2);
  expect(`${snapshots.at(-1)}${changes}`).toContain("added late");
});

test("a page is recorded again as soon as the recording before is closed", async ({ page }) => {
  const messages = await open(page, [PLACES["in <head>"] ?? "", ...REST]);
  await finish(page);
  const texts = await page.evaluate(async () => {
    await early.rec.close();
    const { rr } = early;
    const next = new rr.RecordingStream("next", { compression: "none" });
    const memory = new rr.MemorySink();
    await next.setSinks([memory]);
    const handle = early.record(next, "page", { mask: "none" });
    document.body.append("added to the next");
    await new Promise((resolve) => setTimeout(resolve, 200));
    // The end of the first one does not end the second one.
    (globalThis as unknown as { handle: { stop(): void } }).handle.stop();
    document.body.append("added after that");
    await new Promise((resolve) => setTimeout(resolve, 200));
    handle.stop();
    await next.flush();
    return new TextDecoder("latin1").decode(memory.drainAsBytes());
  });
  for (const text of ["first part", "added to the next", "added after that"]) expect(texts).toContain(text);
  expect(messages).toEqual([]);
});
