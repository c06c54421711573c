import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium } from "@playwright/test";
import { bundle } from "@rerun-ts/test-support/packages/bundle";
import { chromiumLaunchOptions } from "@rerun-ts/test-support/setup/chromium";
import { timesOf, type Times } from "./times.ts";

const PAGES = { full: 20, quick: 5 };
/** The first work of a page: the clock stops when the page has logged its points. */
const PROGRAM = `
import { Points3D, RecordingStream, Scalars } from "@rerun-ts/web";
export const rec = new RecordingStream("page");
export const memory = rec.memoryRecording();
rec.log("points", new Points3D([[0, 0, 0], [1, 1, 1]], { colors: "orange" }));
rec.log("height", new Scalars(1));
`;

/**
 * Evaluates the bundle of a small page, which was loaded before, in new pages of new browser contexts. Returns the time
 * from the beginning of the compilation of the script until the script has logged points, in milliseconds.
 */
export async function measurePageStart(size: "full" | "quick"): Promise<Times> {
  const { text } = await bundle(PROGRAM);
  const server = createServer(({ url }, response) => {
    response.setHeader("content-type", url === "/page.js" ? "text/javascript" : "text/html");
    response.end(url === "/page.js" ? text : "<!doctype html><title>page</title>");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const browser = await chromium.launch(chromiumLaunchOptions());
  const times: number[] = [];
  try {
    for (let index = 0; index < PAGES[size]; index++) {
      // A new context has no compiled code of earlier pages.
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      times.push(await page.evaluate(evaluateScript));
      await context.close();
    }
  } finally {
    await browser.close();
    server.close();
  }
  return timesOf(times);
}

/** Runs in the page. */
async function evaluateScript(): Promise<number> {
  const source = await (await fetch("/page.js")).blob();
  const url = URL.createObjectURL(source.slice(0, source.size, "text/javascript"));
  const before = performance.now();
  await import(url);
  return performance.now() - before;
}

/** Formats the result for a console. */
export function formatPageStart({ least, median }: Times): string {
  return `A page's script until points are logged: ${least.toFixed(1)} ms at least, ${median.toFixed(1)} ms median`;
}
