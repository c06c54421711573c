// `node tools/start.mjs benchmarks/controls/slider-latency.ts PYTHON`: the time from a key at a slider of Chromium to
// the handler of the program, beside viser 1.1, whose Python is PYTHON. Both pages have their viewers.
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium, type Browser } from "@playwright/test";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { chromiumLaunchOptions } from "@rerun-ts/test-support/setup/chromium";
import { ensureWebViewer } from "@rerun-ts/test-support/setup/web-viewer";

const KEYS = 300;
const PAUSE_MS = 50;
/** The viewer is drawn in software, and needs a while for its first pictures. */
const START_MS = 15_000;
const WARM_UP = 20;

const [python] = process.argv.slice(2);
if (python === undefined) throw new Error("give the Python that has viser");
const browser = await chromium.launch(chromiumLaunchOptions());
const viser = await measure(browser, python, [
  join(import.meta.dirname, "viser_slider.py"),
  String(await findFreePort()),
]);
const own = await measure(browser, process.execPath, [
  "--import",
  "tsx",
  join(import.meta.dirname, "own-slider.ts"),
  await ensureWebViewer(),
]);
await browser.close();
console.log("ms", { viser, own, ratio: own.p50 / viser.p50 });

/** The latencies of the keys, as percentiles. */
async function measure(
  opened: Browser,
  command: string,
  args: readonly string[],
): Promise<Record<"p50" | "p99", number>> {
  const program = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const handled = new Map<number, number>();
    const url = await new Promise<string>((resolve) =>
      createInterface({ input: program.stdout }).on("line", (line) => {
        if (line.startsWith("http")) resolve(line);
        const [value, time] = line.split(" ").map(Number);
        if (value !== undefined && time !== undefined) handled.set(value, time);
      }),
    );
    return await pressKeys(opened, url, handled);
  } finally {
    await end(program);
  }
}

async function pressKeys(
  opened: Browser,
  url: string,
  handled: Map<number, number>,
): Promise<Record<"p50" | "p99", number>> {
  const page = await opened.newPage({ viewport: { width: 900, height: 500 } });
  await page.goto(url);
  await page.waitForTimeout(START_MS);
  // A viewer takes the focus when it starts.
  await page.getByRole("slider").first().focus();
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(globalThis, { times });
    addEventListener("keydown", () => times.push(performance.timeOrigin + performance.now()), { capture: true });
  });
  for (let key = 0; key < KEYS; key++) {
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(PAUSE_MS);
  }
  await page.waitForTimeout(1000);
  const times = await page.evaluate(() => (globalThis as unknown as { times: number[] }).times);
  await page.close();
  const late = times.flatMap((pressed, index) => (handled.get(index + 1) ?? NaN) - pressed).slice(WARM_UP);
  const known = late.filter((one) => !Number.isNaN(one)).toSorted((left, right) => left - right);
  console.log(`${known.length} of ${late.length} values reached the handler of ${url.slice(0, 22)}`);
  const at = (share: number): number => known[Math.min(known.length - 1, Math.floor(share * known.length))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

async function end(program: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => program.once("exit", resolve));
  program.kill();
  await ended;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
