import { expect, test, type Page } from "@playwright/test";
import { shareOfColor } from "./picture.ts";
import { servePages, type PageServer } from "./serve.ts";

const MAGENTA = [255, 0, 255] as const;
const GREEN = [0, 255, 0] as const;
/** The first picture waits for shaders that are compiled in software. */
const PATIENCE = { timeout: 45_000 };

/** How much of the page the view with the picture takes at least: the chart has a view of its own. */
const SHARE = 0.2;

let pages: PageServer;

test.beforeAll(async () => {
  pages = await servePages(".");
});
test.afterAll(() => pages.close());

test("the viewer in the page shows what the page logs, also after it was stopped and started again", async ({
  page,
}) => {
  test.setTimeout(120_000);
  const errors = await openPage(page);
  // Logged before there is a viewer.
  await page.evaluate(() => {
    window.inPage.logColor([255, 0, 255], { static: true });
    window.inPage.logFrames(0, 100);
  });
  await page.evaluate(() => window.inPage.open());
  await page.evaluate(() => window.inPage.logFrames(100, 200));
  expect(await page.evaluate(() => window.inPage.flush(40_000))).toMatchObject({ complete: true, droppedRows: 0 });
  await expect
    .poll(() => page.evaluate(() => window.inPage.timelines()), PATIENCE)
    .toEqual({ recording: "in-page", range: { min: 0, max: 199 }, hasLogTime: true });
  expect(await page.evaluate(() => window.inPage.events)).toEqual(["open in_page in-page"]);
  await expect.poll(() => shareOfColor(page, MAGENTA), PATIENCE).toBeGreaterThan(SHARE);

  await page.evaluate(() => window.inPage.stop());
  await expect.poll(() => page.evaluate(() => window.inPage.stats().sinks[0]?.state)).toBe("connecting");
  await page.evaluate(() => window.inPage.logFrames(200, 300));
  await page.evaluate(() => window.inPage.start());
  expect(await page.evaluate(() => window.inPage.flush(40_000))).toMatchObject({ complete: true, droppedRows: 0 });
  // The new viewer has the picture, which is static, and what was logged meanwhile.
  await expect
    .poll(() => page.evaluate(() => window.inPage.timelines().range), PATIENCE)
    .toEqual({ min: 200, max: 299 });
  await expect.poll(() => shareOfColor(page, MAGENTA), PATIENCE).toBeGreaterThan(SHARE);
  await page.evaluate(() => window.inPage.logColor([0, 255, 0], { static: true }));
  await expect.poll(() => shareOfColor(page, GREEN), PATIENCE).toBeGreaterThan(SHARE);
  expect(await page.evaluate(() => window.inPage.stats().sinks[0])).toMatchObject({ state: "open", reconnects: 1 });
  expect(errors).toEqual([]);
});

async function openPage(page: Page): Promise<string[]> {
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  // Tens of thousands of lines about shaders, which take most of the time.
  await page.addInitScript(() => void (console.debug = () => {}));
  await page.goto(`${pages.url}tests/e2e/pages/viewer.html`);
  await page.waitForFunction(() => "inPage" in window);
  return errors;
}
