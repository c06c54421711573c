import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type Browser, type Page } from "@playwright/test";
import { freePort, urlOf } from "../node/free-port.ts";
import { chromiumLaunchOptions } from "../setup/chromium.ts";
import type { RealRerun } from "../setup/rerun.ts";
import { controlPage } from "./control-page.ts";
import { reportOf, waitUntilLoaded } from "./report-viewer.ts";
import { serveFile, serveRealWebViewer, type Served } from "./serve-web-viewer.ts";
import { allowHoldingFrames, holdFrames, withFrames } from "./hold-frames.ts";
import { silenceDebug } from "./silence-debug.ts";
import type { ViewerControl } from "./viewer-control.ts";
import type { ReportOptions, RunningViewer, ViewerReport } from "./viewer-report.ts";

const LIMIT_MS = 120_000;
/** Everything is drawn in software: small pages are faster. */
const VIEWPORT: Size = { width: 400, height: 300 };
const LOOPBACK_ONLY = ["--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"];

export interface WebViewerOptions extends ReportOptions {
  /**
   * The address of a web viewer that another program already serves. The recording may then be the address of a server.
   */
  readonly viewer?: string;
  /** The addresses of further files to open, such as a layout. */
  readonly others?: readonly string[];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface RunningWebViewer extends RunningViewer {
  /** Changes the size of its page. Default: 400 by 300 pixels again. */
  resize(this: void, size?: Size): Promise<void>;
}

/** The page of a viewer, and its failures. */
interface ViewerPage {
  readonly page: Page;
  readonly control: ViewerControl;
  readonly errors: string[];
  /** The output of its console. */
  readonly lines: string[];
  /** Rejects if the viewer crashes. */
  readonly failure: Promise<never>;
}

/**
 * Opens a recording in the real web viewer, in Chromium without a screen and without a network, and reports what it
 * shows.
 * @throws with the browser's console, if the viewer cannot open the recording, crashes, or takes too long
 */
export async function openInWebViewer(
  { rerun }: RealRerun,
  recording: string,
  { viewer, others = [], ...options }: WebViewerOptions = {},
): Promise<ViewerReport> {
  const closers: (() => Promise<void>)[] = [];
  const keep = ({ url, close }: Served): string => {
    closers.push(close);
    return url;
  };
  try {
    const url = viewer === undefined ? keep(await serveFile(recording)) : recording;
    const viewerUrl = viewer ?? keep(await serveRealWebViewer(rerun));
    const browser = await launch();
    closers.push(() => browser.close());
    const opened = await openPage(browser);
    const { page, control, errors } = opened;
    return await withConsole(opened, async () => {
      await start(page, viewerUrl, [url, ...others]);
      await waitUntilLoaded(control, () => errors.find((error) => error.includes(url)));
      await control.pause();
      const report = await reportOf(control, options, () => page.screenshot());
      return { ...report, errors };
    });
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

/** Starts the real web viewer in Chromium. The viewer shows the data that programs log to its `url`. */
export async function startWebViewer({ rerun }: RealRerun): Promise<RunningWebViewer> {
  const port = await freePort();
  const url = urlOf(port);
  const viewer = await serveRealWebViewer(rerun, port);
  const browser = await launch();
  const opened = await openPage(browser);
  const { page, control, errors } = opened;
  const files: Served[] = [];
  await withConsole(opened, () => start(page, viewer.url, [url]));
  const awake = <T>(work: () => Promise<T>): Promise<T> => withConsole(opened, () => withFrames(page, work));
  await holdFrames(page, true);
  return {
    url,
    open: (recording) =>
      awake(async () => {
        errors.length = 0;
        await control.closeAll();
        const file = await serveFile(recording);
        files.push(file);
        await control.open(file.url);
        await waitUntilLoaded(control, () => errors.find((error) => error.includes(file.url)));
      }),
    closeAll: () => awake(() => control.closeAll()),
    resize: (size = VIEWPORT) => page.setViewportSize(size),
    report: (options) =>
      awake(async () => {
        const report = await reportOf(control, options, () => page.screenshot());
        return { ...report, errors: errors.splice(0) };
      }),
    async close() {
      await browser.close();
      for (const file of files) await file.close();
      await viewer.close();
    },
  };
}

async function launch(): Promise<Browser> {
  const options = chromiumLaunchOptions();
  return chromium.launch({ ...options, args: [...options.args, ...LOOPBACK_ONLY] });
}

/** Opens a viewer that is served, with recordings in it. Resolves when it has started. */
async function start(page: Page, viewer: string, urls: readonly string[]): Promise<void> {
  const query = new URLSearchParams({ renderer: "webgl", theme: "dark" });
  for (const url of urls) query.append("url", url);
  await page.goto(`${viewer}/?${query}&persist=0&notebook=0&hide_welcome_screen`, { waitUntil: "commit" });
  await page.waitForFunction(() => globalThis._handle !== undefined, undefined, { timeout: LIMIT_MS });
}

/** Does something with a viewer within a time limit. Errors have the console of the browser. */
async function withConsole<T>({ lines, failure }: ViewerPage, work: () => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const timeOut = async (): Promise<never> => {
    await sleep(LIMIT_MS, undefined, { signal: limit.signal });
    throw new Error(`the web viewer took longer than ${LIMIT_MS / 1000} s`);
  };
  try {
    return await Promise.race([work(), failure, timeOut()]);
  } catch (cause) {
    throw new Error(`${String(cause)}\n\nThe console of the web viewer:\n${lines.join("\n")}`, { cause });
  } finally {
    limit.abort();
  }
}

/** Opens a page without the internet. */
async function openPage(browser: Browser): Promise<ViewerPage> {
  const page = await browser.newPage({ viewport: VIEWPORT, serviceWorkers: "block" });
  const nothing = { status: 204, headers: { "access-control-allow-origin": "*" } };
  await page.route(
    ({ hostname }) => hostname !== "127.0.0.1",
    (route) => route.fulfill(nothing),
  );
  await silenceDebug(page);
  await allowHoldingFrames(page);

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
  return { page, control: controlPage(page), errors, lines, failure };
}
