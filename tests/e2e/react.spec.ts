import { expect, test, type Page } from "@playwright/test";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { shareOfColor } from "./picture.ts";
import { serveOwnPages, type PageServer } from "./serve.ts";

/** The first frame takes long, because shaders are compiled in software. */
const TIMEOUT = { timeout: 45_000 };

let server: PageServer;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  server = await serveOwnPages(["tests/e2e/pages/react.html"], { environment: "development" });
});
test.afterAll(() => server?.close());

test("in strict mode the component opens one viewer, which shows one recording after the other", async ({ page }) => {
  test.setTimeout(120_000);
  await openPage(page);
  await page.evaluate(() => {
    window.react.log(0, 0, 100);
    window.react.show(0);
  });
  await expect.poll(() => rangeOf(page, 0), TIMEOUT).toEqual({ min: 0, max: 99 });
  await page.evaluate(() => {
    window.react.log(1, 0, 50);
    window.react.show(1);
    window.react.log(0, 100, 110);
  });
  await expect.poll(() => rangeOf(page, 1), TIMEOUT).toEqual({ min: 0, max: 49 });
  await expect.poll(() => page.evaluate(() => window.react.states())).toEqual(["buffering", "open"]);
  // The first recording has kept the data that was logged meanwhile.
  await page.evaluate(() => window.react.show(0));
  await expect.poll(() => rangeOf(page, 0), TIMEOUT).toEqual({ min: 0, max: 109 });
  expect(await page.evaluate(() => [window.react.opened(), window.react.canvases()])).toEqual([1, 1]);
  // Events are for the functions of the last render.
  expect(await page.evaluate(() => window.react.setTime(7))).toContain("time of first");
  expect(await page.evaluate(() => window.react.mounts())).toBe(2);
  expect(await page.evaluate(() => window.react.problems)).toEqual([]);
});

test("a component that is unmounted stops its viewer, and its successor gets what is logged meanwhile", async ({
  page,
}) => {
  test.setTimeout(120_000);
  await openPage(page);
  await page.evaluate(() => {
    window.react.show(0);
    window.react.log(0, 0, 10);
  });
  await expect.poll(() => rangeOf(page, 0), TIMEOUT).toEqual({ min: 0, max: 9 });
  await page.evaluate(() => window.react.show(undefined));
  await expect.poll(() => page.evaluate(() => window.react.states()[0]), TIMEOUT).toBe("buffering");
  expect(await page.evaluate(() => window.react.canvases())).toBe(0);
  await page.evaluate(() => window.react.log(0, 10, 30));
  await page.evaluate(() => window.react.remount());
  await expect.poll(() => rangeOf(page, 0), TIMEOUT).toEqual({ min: 10, max: 29 });
  await expect.poll(() => page.evaluate(() => window.react.canvases())).toBe(1);
  expect(await page.evaluate(() => window.react.opened())).toBe(2);
  // Closed together with its viewer.
  await page.evaluate(() => {
    window.react.log(0, 30, 40);
    window.react.show(undefined);
    return window.react.close(0);
  });
  expect(await page.evaluate(() => window.react.problems)).toEqual([]);
});

test("the component shows its default blueprint", async ({ page }) => {
  test.setTimeout(120_000);
  await openPage(page);
  await page.evaluate(() => {
    window.react.layOut("lime");
    window.react.log(0, 0, 10);
    window.react.show(0);
  });
  let moves = 0;
  const share = async (): Promise<number> => {
    await page.mouse.move(5, 5 + (moves++ % 5));
    return shareOfColor(page, [0, 255, 0]);
  };
  await expect.poll(share, TIMEOUT).toBeGreaterThan(0.3);
  expect(await page.evaluate(() => window.react.problems)).toEqual([]);
});

test("the component shows a file at a time, follows its properties, and says what the viewer cannot do", async ({
  page,
}) => {
  test.setTimeout(120_000);
  await openPage(page);
  const active = (): Promise<object | undefined> =>
    page.evaluate(() => (window.react.opened() === 0 ? undefined : window.react.active()));
  const shown = { timeline: "frame", playState: "paused" };
  await page.evaluate(() => window.react.showFile("one", { timeline: "frame", time: 3, playing: false }));
  const one = { ...shown, activeRecording: "Recording:react:one" };
  await expect.poll(active, TIMEOUT).toEqual({ ...one, time: 3 });
  await page.evaluate(() => window.react.change({ time: 7 }));
  await expect.poll(active, TIMEOUT).toEqual({ ...one, time: 7 });
  await page.evaluate(() => window.react.change({ playing: true }));
  await expect.poll(active, TIMEOUT).toMatchObject({ playState: "playing" });
  // The next file is shown at the same time.
  await page.evaluate(() => window.react.showFile("two", { playing: false, time: 4 }));
  await expect.poll(active, TIMEOUT).toEqual({ ...shown, activeRecording: "Recording:react:two", time: 4 });
  expect(await page.evaluate(() => window.react.failures)).toEqual([]);
  await page.evaluate(() => window.react.change({ selection: "/wave" }));
  const failures = (): Promise<readonly unknown[]> => page.evaluate(() => window.react.failures);
  await expect.poll(failures).toEqual([expect.stringMatching(/cannot select an entity/)]);
  expect(await page.evaluate(() => [window.react.opened(), window.react.canvases()])).toEqual([1, 1]);
});

async function openPage(page: Page): Promise<void> {
  await silenceDebug(page);
  await page.goto(`${server.url}tests/e2e/pages/react.html`);
  await page.waitForFunction(() => "react" in window);
}

function rangeOf(page: Page, recording: number): Promise<unknown> {
  return page.evaluate((index) => window.react.range(index), recording);
}
