import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { performPage } from "@rerun-ts/test-support/examples/perform-page";
import { runExample } from "@rerun-ts/test-support/examples/run-example";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { ensureWebViewer } from "@rerun-ts/test-support/setup/web-viewer";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { openFile, shown, TIMEOUT } from "./opened-page.ts";
import { shareOfColor } from "./picture.ts";
import { servePages } from "./serve.ts";

/** The lake of the page and the load of the crane, as the viewer lights them. */
const LAKE = [61, 112, 161] as const;
const LOAD = [255, 165, 0] as const;
/** The level of an error in a log. */
const ERROR = [171, 1, 22] as const;

let folder: string;

test.use({ viewport: { width: 900, height: 500 } });
test.beforeAll(() => {
  folder = makeTemporaryFolder().path;
});
test.afterAll(() => removeTemporaryFolder(folder));

test("a click saves the last minute of a scene and its console as a page that opens from the disk", async ({
  page,
}) => {
  const pages = await servePages();
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
  await pages.close();

  await openFile(page, path);
  await expect.poll(() => shareOfColor(page, LAKE), TIMEOUT).toBeGreaterThan(0.01);
  await expect.poll(() => shareOfColor(page, ERROR), TIMEOUT).toBeGreaterThan(0);
  const [time] = (await shown(page))?.times ?? [];
  expect(time).toMatch(/^Recording:rerun_ts_report_a_problem:.* frame@\d\d+$/);
  expect(await page.title()).toBe("A problem");
});

test("a program on Node writes its last minute as a page when it fails", async ({ page }) => {
  const path = join(folder, "incident.html");
  const args = [path, "--viewer-files", await ensureWebViewer(), "--exit"];
  const { code, output } = await runExample("incident", args, { capture: true });
  expect(code, output).toBe(0);
  expect(output).toContain(`Wrote ${path}`);
  expect(output).not.toContain("[rerun]");
  expect(await readFile(path, "latin1")).toContain("<title>console.error: Error: the load has");

  await openFile(page, path);
  await expect.poll(() => shareOfColor(page, LOAD), TIMEOUT).toBeGreaterThan(0.005);
  await expect.poll(() => shareOfColor(page, ERROR), TIMEOUT).toBeGreaterThan(0);
  console.log(await shown(page));
});
