import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { performPage } from "@rerun-ts/test-support/examples/perform-page";
import { runExample } from "@rerun-ts/test-support/examples/run-example";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { ensureWebViewer } from "@rerun-ts/test-support/setup/web-viewer";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { lastRecordingOf, openFile, shown, TIMEOUT } from "./opened-page.ts";
import { shareOfColor } from "./picture.ts";
import { servePages } from "./serve.ts";

/** The lake of the page and a side of the crane's load, as the viewer lights them. */
const LAKE = [60, 113, 157] as const;
const LOAD = [179, 115, 0] as const;
/** The least share of the page with these colours. */
const SHARE = 0.001;
/** The level of an error in a log. */
const ERROR = [171, 1, 22] as const;

let folder: string;

test.use({ viewport: { width: 900, height: 500 } });
test.beforeAll(() => {
  folder = makeTemporaryFolder().path;
});
test.afterAll(() => removeTemporaryFolder(folder));

test("a click saves the last minute of a scene and its console as a page that opens from the disk", async ({
  context,
}) => {
  const pages = await servePages();
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(message));
  await silenceDebug(page);
  await page.goto(`${pages.url}examples/web/report-a-problem/index.html`);
  await performPage(page, "report-a-problem");
  await expect(page.locator("output")).toContainText("console.error: Error: the");
  const button = page.getByRole("button", { name: "Report a problem" });
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  expect(download.suggestedFilename()).toBe("problem.html");
  const path = join(folder, "problem.html");
  await download.saveAs(path);
  await expect(page.locator("output")).toContainText("Saved problem.html");
  expect(problems).toEqual([]);
  await page.close();
  await pages.close();
  const rrd = lastRecordingOf(await readFile(path, "utf8"));
  expect(valuesOf(rrd, "/flight_recorder", "TextLog:text")).toEqual([["a user reports a problem"]]);
  expect(String(valuesOf(rrd, "/logs/console", "TextLog:text"))).toContain("cart has hit a tree");
  expect(String(valuesOf(rrd, "/page/meta", "TextLog:text"))).toContain("/report-a-problem/");
  expect(valuesOf(rrd, "/page/snapshots", "PageReplay:event").length).toBeGreaterThan(0);
  expect(valuesOf(rrd, "/network", "TextLog:text").length).toBeGreaterThan(0);
  expect(valuesOf(rrd, "/pointer/events", "TextLog:text").length).toBeGreaterThan(0);

  const report = await context.newPage();
  await openFile(report, path);
  await expectMoment(report, /^Recording:rerun_ts_report_a_problem:.* frame@\d\d+$/);
  await expect.poll(() => shareOfColor(report, LAKE), TIMEOUT).toBeGreaterThan(SHARE);
  await expect.poll(() => shareOfColor(report, ERROR), TIMEOUT).toBeGreaterThan(0);
  expect(await report.title()).toBe("A problem");
});

test("a program on Node writes its last minute as a page when it fails", async ({ page }) => {
  const path = join(folder, "incident.html");
  const args = [path, "--viewer-files", await ensureWebViewer(), "--exit"];
  const { code, output } = await runExample("incident", args, { capture: true });
  expect(code, output).toBe(0);
  expect(output).toContain(`Wrote ${path}`);
  expect(output).not.toContain("[rerun]");
  const html = await readFile(path, "utf8");
  expect(html).toContain("<title>console.error: Error: the load has");
  expect(valuesOf(lastRecordingOf(html), "/weight", "Scalars:scalars")).toHaveLength(151);

  await openFile(page, path);
  await expectMoment(page, /^Recording:rerun_ts_incident:.* step@150$/);
  await expect.poll(() => shareOfColor(page, LOAD), TIMEOUT).toBeGreaterThan(SHARE);
  await expect.poll(() => shareOfColor(page, ERROR), TIMEOUT).toBeGreaterThan(0);
});

/** Waits until the viewer in a page shows its recording at a time. */
async function expectMoment(page: Page, moment: RegExp): Promise<void> {
  const times = [expect.stringMatching(moment)];
  await expect.poll(() => shown(page), TIMEOUT).toMatchObject({ times });
}
