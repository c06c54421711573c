import { stat } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, test } from "@playwright/test";
import { RecordingStream } from "@rerun-ts/node";
import { logFrame, logStart } from "../../examples/web/points/scene.ts";
import { requireRealRerun } from "./rerun.ts";
import { servePages, type PageServer } from "./serve.ts";

let pages: PageServer;
let folder: string;

test.beforeAll(async () => {
  pages = await servePages();
  folder = makeTemporaryFolder().path;
});

test.afterAll(async () => {
  await pages.close();
  await removeTemporaryFolder(folder);
});

test("a page downloads the same recording that the same module logs on Node", async ({ page }) => {
  const rerun = await requireRealRerun();

  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())));
  await page.goto(`${pages.url}tests/e2e/pages/recorder.html`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByText("Record and download").click()]);
  const fromPage = join(folder, "page.rrd");
  await download.saveAs(fromPage);
  expect(download.suggestedFilename()).toBe("points.rrd");
  expect(errors).toEqual([]);
  await expect(page.locator("#result")).toHaveText(String((await stat(fromPage)).size));

  const fromNode = join(folder, "node.rrd");
  const rec = new RecordingStream("points", { recordingId: "points", batcher: { flushNumRows: 0 } });
  await rec.save(fromNode);
  logStart(rec);
  for (let frame = 0; frame < 50; frame++) logFrame(rec, frame);
  await rec.close();

  expect(await rerun.run("rrd", "verify", fromPage)).toContain("1 file verified without error");
  await rerun.run("rrd", "compare", "--unordered", fromPage, fromNode);
});

test("the example page continues after a download, and the next download has everything since the start", async ({
  page,
}) => {
  await page.goto(`${pages.url}examples/web/points/index.html`);
  const sizes: number[] = [];
  for (let round = 0; round < 2; round++) {
    const before = sizes.length === 0 ? 0 : 1;
    await expect
      .poll(async () => Number.parseInt((await page.locator("#status").textContent()) ?? "0", 10))
      .toBeGreaterThan(20 + before);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button").click()]);
    sizes.push((await stat(await download.path())).size);
    await page.waitForTimeout(300);
  }
  expect(sizes[1]).toBeGreaterThan(sizes[0] ?? Infinity);
});

test("a large download reports its progress", async ({ page }) => {
  const rerun = await requireRealRerun();
  await page.goto(`${pages.url}tests/e2e/pages/live.html`);
  await page.waitForFunction(() => "live" in window);
  const downloading = page.waitForEvent("download");
  const { bytes, steps } = await page.evaluate(() => {
    for (let picture = 0; picture < 10; picture++) window.live.logLarge(4_000_000);
    return window.live.download();
  });
  expect(steps.length).toBeGreaterThanOrEqual(4);
  expect(steps.at(-1)).toEqual({ bytes, totalBytes: bytes });
  const file = join(folder, "large.rrd");
  await (await downloading).saveAs(file);
  expect((await stat(file)).size).toBe(bytes);
  expect(await rerun.run("rrd", "verify", file)).toContain("1 file verified without error");
});
