import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromiumArguments, wholeChromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { usageOf, type Usage } from "./processes.ts";
import { servePage } from "./serve-page.ts";

const TIMEOUT_MS = 240_000;

/** The measurements of a page for one workload. */
export interface PageMeasurement {
  readonly calls: number;
  readonly seconds: number;
  /** The result of a workload that reads, such as the number of rows. */
  readonly value?: number;
  /** How long each call took, in milliseconds, if the workload is paced. */
  readonly blocked: readonly number[];
  /** The long tasks of the browser: tasks of more than 50 ms. While a page reads, only the longest of all tasks. */
  readonly longTasksMs: readonly number[];
}

/** The measurements of a page that shows its recording in the viewer. */
export interface ViewerMeasurement extends PageMeasurement {
  /** How long the SDK works in each frame until it calls the viewer, in milliseconds. */
  readonly passes: readonly number[];
  readonly droppedRows: number;
}

/** The report that a page posts at its end. */
export type PageReport = PageMeasurement | ViewerMeasurement | { readonly error: string };

/** The measurements of a page, and the resources that the browser used from its beginning to its end. */
export interface PageRun
  extends PageMeasurement, Partial<Omit<ViewerMeasurement, keyof PageMeasurement>>, Partial<Usage> {}

/** How a workload is run in a page. */
export interface PageOptions {
  readonly program: string;
  readonly calls: number;
  /** `memory`, `none`, `viewer`, or the address of a server, or of a relay for a WebSocket. */
  readonly target: string;
  /** Whether a worker sends to the server. Default: the page itself. */
  readonly usesWorker?: boolean | undefined;
  /** Whether the platform alone sends the data of the workload. Default: this SDK sends it. */
  readonly isBare?: boolean | undefined;
  /** The folder of the viewer's package, for the target `viewer`. */
  readonly viewerFolder?: string | undefined;
  /** The folder of the checkout with the packages. Default: this one. */
  readonly checkout?: string | undefined;
  /** The file for the recording that the page kept in memory. */
  readonly saveTo?: string | undefined;
  /** The file that the page reads, and how many steps are in it. Default: it logs. */
  readonly reads?: { readonly file: string; readonly steps: number } | undefined;
}

/** Runs a workload in a new Chromium without developer tools, because these copy all sent data. */
export async function runPage(options: PageOptions): Promise<PageRun> {
  const { program, calls, target, usesWorker = false, isBare = false, checkout, saveTo, reads, viewerFolder } = options;
  const chromium = wholeChromiumPath();
  if (chromium === undefined) throw new Error("Chromium is not installed; CHROMIUM may name its path");
  const profile = await mkdtemp(join(tmpdir(), "rerun-ts-bench-"));
  let pid = 0;
  const page = await servePage({ checkout, saveTo, file: reads?.file, viewerFolder, measureUsage: () => usageOf(pid) });
  const query = new URLSearchParams({
    program,
    calls: String(calls),
    target,
    ...(usesWorker && { worker: "" }),
    ...(isBare && { bare: "" }),
    ...(reads !== undefined && { steps: String(reads.steps) }),
  });
  const own = ["--headless=new", `--user-data-dir=${profile}`, `http://127.0.0.1:${page.port}/?${query}`];
  const browser = spawn(chromium, [...chromiumArguments, ...own], { stdio: "ignore" });
  pid = browser.pid ?? 0;
  const ended = once(browser, "exit");
  const timer = setTimeout(() => browser.kill(), TIMEOUT_MS);
  try {
    const crashed = ended.then(() => ({ error: "Chromium ended before the page was done" }));
    const report = await Promise.race([page.report, crashed]);
    if ("error" in report) throw new Error(report.error);
    return { ...report, ...page.usage() };
  } finally {
    clearTimeout(timer);
    browser.kill();
    await ended;
    await page.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
