import { isSoak } from "@rerun-ts/test-support/node/environment";
import { readFileSync } from "node:fs";
import { expect, test, type CDPSession } from "@playwright/test";
import { servePages, type PageServer } from "./serve.ts";

/** An hour, or two minutes, of 30 frames per second. */
const FRAMES = isSoak ? 108_000 : 3600;
/** Until then memory grows to what the encoder and the page need. */
const WARM_UP = FRAMES / 6;
const PAGE_BYTES = 4096;
/** The memory that a garbage collector may leave, and far less than the frames in question: one frame has 307 kB. */
const MAX_HEAP_GROWTH = 4e6;
const MAX_GROWTH = 60e6;

let pages: PageServer;
test.beforeAll(async () => {
  pages = await servePages();
});
test.afterAll(() => pages?.close());

test(`${FRAMES} frames of video do not grow the memory of their page`, async ({ page, browser }) => {
  test.skip(process.platform !== "linux", "the memory of processes is read from /proc");
  test.setTimeout(isSoak ? 3_600_000 : 120_000);
  await page.goto(`${pages.url}tests/e2e/pages/video.html`);
  await page.waitForFunction(() => "logFrames" in window);
  const [session, system] = [await page.context().newCDPSession(page), await browser.newBrowserCDPSession()];
  const measure = async (): Promise<{ heap: number; resident: number }> => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return { heap: usedSize, resident: await residentBytes(system) };
  };
  await page.evaluate((count) => window.logFrames(count), WARM_UP);
  const before = await measure();
  const bytes = await page.evaluate((count) => window.logFrames(count), FRAMES - WARM_UP);
  const after = await measure();
  const growth = { heap: after.heap - before.heap, resident: after.resident - before.resident };
  console.log(`${FRAMES} frames, ${bytes} bytes of video, growth in bytes: ${JSON.stringify({ before, growth })}`);
  expect(bytes).toBeGreaterThan(FRAMES * 20);
  expect(growth.heap).toBeLessThan(MAX_HEAP_GROWTH);
  expect(growth.resident).toBeLessThan(MAX_GROWTH);
});

/** The memory of all renderers of the browser; the workers of a page are in its renderer. */
async function residentBytes(system: CDPSession): Promise<number> {
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  const resident = renderers.map(({ id }) => Number(readFileSync(`/proc/${id}/statm`, "latin1").split(" ")[1]));
  return resident.reduce((sum, count) => sum + count * PAGE_BYTES, 0);
}
