import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { build } from "esbuild";
import { chromiumArguments, chromiumPath } from "../../tools/lib/chromium.mjs";
import { usageOf } from "./processes.mjs";

const LIMIT_MS = 240_000;
const HEADERS = {
  // Isolated from others, pages see time in steps of 5 µs instead of 100.
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cache-control": "no-store",
};

/**
 * What a page measured of a workload, and what it used from beginning to end.
 * @typedef {object} PageRun
 * @property {number} calls
 * @property {number} seconds
 * @property {readonly number[]} blocked how long each call took, in milliseconds, where the workload is paced
 * @property {readonly number[]} longTasksMs what the browser calls long tasks: those of more than 50 ms
 * @property {number} [cpuSeconds] of all processes of the browser
 * @property {number} [mainThreadSeconds] processor time of the page's main thread
 * @property {number} [peakBytes] the most memory that the page had
 */

/**
 * Runs a workload in a fresh Chromium that nobody watches: with its developer tools attached it copies what is sent.
 * @param {{ workload: string, calls: number, target: string, saveTo?: string }} options `saveTo` is where the recording
 * that the page kept in memory is written, afterwards
 * @returns {Promise<PageRun>}
 */
export async function runPage({ workload, calls, target, saveTo }) {
  const chromium = chromiumPath();
  if (chromium === undefined) throw new Error("Chromium is not there: install it, or name it in CHROMIUM");
  const profile = await mkdtemp(join(tmpdir(), "rerun-ts-bench-"));
  const page = await servePage(saveTo);
  const query = new URLSearchParams({ workload, calls: String(calls), target });
  const own = ["--headless=new", `--user-data-dir=${profile}`, `http://127.0.0.1:${page.port}/?${query}`];
  const browser = spawn(chromium, [...chromiumArguments, ...own], { stdio: "ignore" });
  const ended = once(browser, "exit");
  page.measure(() => usageOf(browser.pid));
  const late = setTimeout(() => browser.kill(), LIMIT_MS);
  try {
    const over = ended.then(() => ({ error: "Chromium ended before the page was done" }));
    const { error, ...result } = await Promise.race([page.result, over]);
    if (error !== undefined) throw new Error(error);
    return result;
  } finally {
    clearTimeout(late);
    browser.kill();
    await ended;
    await page.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Serves the page, and takes what it posts. */
async function servePage(saveTo) {
  const files = await buildPage();
  let usage;
  let before;
  let after;
  let finish;
  const result = new Promise((resolve) => (finish = resolve));
  const posts = {
    "/begin": async () => void (before = await usage()),
    "/end": async () => void (after = await usage()),
    "/recording": async (request) => {
      if (saveTo !== undefined) await pipeline(request, createWriteStream(saveTo));
    },
    "/result": async (request) => {
      const parts = [];
      for await (const part of request) parts.push(part);
      finish({ ...JSON.parse(Buffer.concat(parts).toString()), ...used(before, after) });
    },
  };
  const answer = async (request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    if (request.method === "POST") {
      await posts[pathname]?.(request);
      response.writeHead(204, HEADERS).end();
    } else if (files.has(pathname)) {
      response.writeHead(200, { ...HEADERS, "content-type": "text/javascript" }).end(files.get(pathname));
    } else {
      response.writeHead(200, { ...HEADERS, "content-type": "text/html" });
      response.end('<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>');
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => finish({ error: String(error) }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: server.address().port,
    result,
    measure: (measureUsage) => (usage = measureUsage),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function buildPage() {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "page.mjs")],
    outdir: "/",
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    write: false,
    logLevel: "silent",
  });
  return new Map(outputFiles.map(({ path, contents }) => [`/${basename(path)}`, contents]));
}

function used(before, after) {
  if (before === undefined || after === undefined) return {};
  return {
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    mainThreadSeconds: after.mainThreadSeconds - before.mainThreadSeconds,
    peakBytes: after.peakBytes,
  };
}
