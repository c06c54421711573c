import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual as isDeepEqual } from "node:util";
import { chromium, type Browser, type Page } from "@playwright/test";
import { freePort } from "../node/free-port.ts";
import { silenceDebug } from "./silence-debug.ts";
import { run } from "../node/run.ts";
import { chromiumLaunchOptions } from "../setup/chromium.ts";
import type { RealRerun } from "../setup/rerun.ts";
import { serveFile, serveRealWebViewer, type Served } from "./serve-web-viewer.ts";
import { describeViewer, pause, viewerState } from "./viewer-control.ts";
import type { RunningViewer, StrongColors, ViewerImage, ViewerReport } from "./viewer-report.ts";

const LIMIT_S = 60;
const VIEWPORT = { width: 1280, height: 800 };
/** Some views never rest, such as a graph that is laid out or a map whose tiles cannot be loaded. */
const REST_MS = 8000;
/** The same for a viewer that has drawn before. */
const DRAWING_MS = 1500;
/** How long to wait for views. */
const VIEWS_MS = 20_000;
const LOOPBACK_ONLY = ["--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"];

/** Options for the web viewer. */
export interface WebViewerOptions {
  /** The images to take. */
  readonly images?: readonly ViewerImage[];
  /** The address of a web viewer that is already served; the recording may be the address of a server then. */
  readonly viewer?: string;
  /** The addresses of what is opened besides, such as a layout. */
  readonly others?: readonly string[];
  /** The size of the page. Everything is drawn in software: small ones are faster. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** The page of a viewer, and its failures. */
interface ViewerPage {
  readonly page: Page;
  readonly errors: readonly string[];
  /** The output of its console. */
  readonly lines: readonly string[];
  /** Rejects if the viewer crashes. */
  readonly failure: Promise<never>;
}

/** The addresses that are opened in a viewer. */
interface Opened {
  /** The address of the page. */
  readonly address: string;
  /** The address of the recording. */
  readonly url: string;
  readonly recording: string;
  readonly images: readonly ViewerImage[];
}

/**
 * Opens a recording in the real web viewer, in Chromium without a screen and without a network, and reports what it
 * shows.
 * @throws if it cannot open the recording, crashes, or takes longer than a minute; with the browser's console
 */
export async function openInWebViewer(
  { rerun, python }: RealRerun,
  recording: string,
  { images = [], viewer, others = [], viewport = VIEWPORT }: WebViewerOptions = {},
): Promise<ViewerReport> {
  const closers: (() => Promise<void>)[] = [];
  const keep = (served: Served): string => {
    closers.push(served.close);
    return served.url;
  };
  try {
    const url = viewer === undefined ? keep(await serveFile(recording)) : recording;
    const viewerUrl = viewer ?? keep(await serveRealWebViewer(rerun));
    const launch = chromiumLaunchOptions();
    const browser = await chromium.launch({ ...launch, args: [...launch.args, ...LOOPBACK_ONLY] });
    closers.push(() => browser.close());
    const query = new URLSearchParams({ url, renderer: "webgl", theme: "dark" });
    for (const other of others) query.append("url", other);
    const address = `${viewerUrl}/?${query}&persist=0&notebook=0&hide_welcome_screen`;
    const report = await examine(await openPage(browser, viewport), { address, url, recording, images });
    return { ...report, images: await countColors(python, images) };
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

/** Starts the real web viewer in Chromium. It shows what is logged to its `url`. */
export async function startWebViewer({ rerun, python }: RealRerun): Promise<RunningViewer> {
  const port = await freePort();
  const url = `rerun+http://127.0.0.1:${port}/proxy`;
  const viewer = await serveRealWebViewer(rerun, port);
  const launch = chromiumLaunchOptions();
  const browser = await chromium.launch({ ...launch, args: [...launch.args, ...LOOPBACK_ONLY] });
  const { page, errors, failure } = await openPage(browser);
  const query = new URLSearchParams({ url, renderer: "webgl", theme: "dark" });
  await page.goto(`${viewer.url}/?${query}&persist=0&notebook=0&hide_welcome_screen`, { waitUntil: "commit" });
  await page.waitForFunction(() => globalThis._handle !== undefined, undefined, { timeout: LIMIT_S * 1000 });
  return {
    url,
    async report({ images = [], views }) {
      const work = async (): Promise<ViewerReport> => {
        const shows = async (): Promise<boolean> => isDeepEqual(namesOf((await describeViewer(page)).views), views);
        const end = views === undefined ? 0 : Date.now() + VIEWS_MS;
        while (Date.now() < end && !(await shows())) await sleep(100);
        for (const { path, ...time } of images) {
          await pause(page, time);
          await writeFile(path, await imageAtRest(page, DRAWING_MS));
        }
        return { errors, ...(await describeViewer(page)), images: await countColors(python, images) };
      };
      return Promise.race([work(), failure]);
    },
    async close() {
      await browser.close();
      await viewer.close();
    },
  };
}

function namesOf(views: ViewerReport["views"]): readonly string[] {
  return views.map(({ view_class, name }) => `${view_class} ${name}`).sort();
}

async function examine(
  { page, errors, lines, failure }: ViewerPage,
  { address, url, recording, images }: Opened,
): Promise<Omit<ViewerReport, "images">> {
  let step = "start";
  const work = async (): Promise<Omit<ViewerReport, "images">> => {
    await page.goto(address, { waitUntil: "commit" });
    await page.waitForFunction(() => globalThis._handle !== undefined, undefined, { timeout: 0 });
    step = "open the recording";
    await recordingIsOpen(page, () => errors.find((error) => error.includes(url)));
    step = "draw a stable image";
    await pause(page);
    // Views report problems while they draw.
    await imageAtRest(page);
    for (const { path, ...time } of images) {
      await pause(page, time);
      await writeFile(path, await imageAtRest(page));
    }
    step = "report what it shows";
    return { errors, ...(await describeViewer(page)) };
  };
  const limit = new AbortController();
  const timeOut = async (): Promise<never> => {
    await sleep(LIMIT_S * 1000, undefined, { signal: limit.signal });
    throw new Error(`the web viewer did not ${step} within ${LIMIT_S} s`);
  };
  try {
    return await Promise.race([work(), failure, timeOut()]);
  } catch (cause) {
    const log = lines.join("\n");
    throw new Error(`${recording}: ${String(cause)}\n\nThe console of the web viewer:\n${log}`, { cause });
  } finally {
    limit.abort();
  }
}

/** Opens a page without the internet. */
async function openPage(browser: Browser, viewport = VIEWPORT): Promise<ViewerPage> {
  const page = await browser.newPage({ viewport, serviceWorkers: "block" });
  const nothing = { status: 204, headers: { "access-control-allow-origin": "*" } };
  await page.route(
    ({ hostname }) => hostname !== "127.0.0.1",
    (route) => route.fulfill(nothing),
  );
  await silenceDebug(page);

  const errors: string[] = [];
  const lines: string[] = [];
  const failure = new Promise<never>((_, reject) => {
    page.on("crash", () => reject(new Error("its page crashed")));
    page.on("console", (message) => {
      const text = message.text().trim();
      lines.push(`${message.type()}: ${text}`);
      if (message.type() === "error") errors.push(text.replace(/^ERROR \S+: /, ""));
      if (/^(Rerun has crashed|Failed to start)/.test(text)) reject(new Error(text));
    });
  });
  failure.catch(() => {});
  page.on("pageerror", ({ message }) => {
    errors.push(message);
    lines.push(message);
  });
  return { page, errors, lines, failure };
}

async function recordingIsOpen(page: Page, findError: () => string | undefined): Promise<void> {
  for (;;) {
    const { recordings, loading } = await viewerState(page);
    if (loading.length === 0 && recordings.length > 0) return;
    const error = findError();
    if (loading.length === 0 && error !== undefined) throw new Error(error);
    await sleep(50);
  }
}

/** Takes an image once two frames are the same, because nothing loads or moves any more; or after a while anyway. */
async function imageAtRest(page: Page, limitMs: number = REST_MS): Promise<Buffer> {
  const end = Date.now() + limitMs;
  let before: Buffer | undefined;
  for (;;) {
    await viewerState(page);
    const image = await page.screenshot();
    if (before?.equals(image) === true || Date.now() > end) return image;
    before = image;
  }
}

async function countColors(python: string, images: readonly ViewerImage[]): Promise<readonly StrongColors[]> {
  if (images.length === 0) return [];
  const args = ["-B", join(import.meta.dirname, "image_colors.py"), ...images.map(({ path }) => path)];
  const { code, output } = await run(python, args, { capture: true });
  if (code !== 0) throw new Error(`the images cannot be read:\n${output}`);
  return JSON.parse(output) as readonly StrongColors[];
}
