import { expect, test, type Page } from "@playwright/test";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { controlPage } from "@rerun-ts/test-support/viewers/control-page";
import { serveRealWebViewer } from "@rerun-ts/test-support/viewers/serve-web-viewer";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { shareOfColor } from "./picture.ts";
import { requireRealRerun } from "./rerun.ts";
import { servePages, type PageServer } from "./serve.ts";

const MAGENTA = [255, 0, 255] as const;
const GREEN = [0, 255, 0] as const;
const YELLOW = [255, 255, 0] as const;
/** The first frame takes long, because shaders are compiled in software. */
const TIMEOUT = { timeout: 45_000 };

/** The minimum share of the page for the view with the image: the chart has a separate view. */
const SHARE = 0.2;

let pages: PageServer;

test.beforeAll(async () => {
  pages = await servePages();
});
test.afterAll(() => pages.close());

test("the viewer in a page shows the data that the page logs, also after a restart", async ({ page }) => {
  test.setTimeout(120_000);
  const errors = await openPage(page);
  // Logged before the viewer exists.
  await page.evaluate(() => {
    window.inPage.logColor([255, 0, 255], { static: true });
    window.inPage.logFrames(0, 100);
  });
  await page.evaluate(() => window.inPage.open());
  await page.evaluate(() => window.inPage.logFrames(100, 200));
  expect(await page.evaluate(() => window.inPage.flush(40_000))).toMatchObject({ complete: true, droppedRows: 0 });
  await expect
    .poll(() => page.evaluate(() => window.inPage.timelines()), TIMEOUT)
    .toEqual({ recording: "in-page", range: { min: 0, max: 199 }, hasLogTime: true });
  // The viewer reports it with its next frame.
  await expect.poll(() => page.evaluate(() => window.inPage.events)).toEqual(["open in_page in-page"]);
  await expect.poll(() => shownShare(page, MAGENTA), TIMEOUT).toBeGreaterThan(SHARE);

  await page.evaluate(() => window.inPage.stop());
  await expect.poll(() => page.evaluate(() => window.inPage.stats().sinks[0]?.state)).toBe("connecting");
  await page.evaluate(() => window.inPage.logFrames(200, 300));
  await page.evaluate(() => window.inPage.start());
  expect(await page.evaluate(() => window.inPage.flush(40_000))).toMatchObject({ complete: true, droppedRows: 0 });
  // The new viewer has the image, which is static, and the rows that were logged meanwhile.
  await expect
    .poll(() => page.evaluate(() => window.inPage.timelines().range), TIMEOUT)
    .toEqual({ min: 200, max: 299 });
  await expect.poll(() => shownShare(page, MAGENTA), TIMEOUT).toBeGreaterThan(SHARE);
  await page.evaluate(() => window.inPage.logColor([0, 255, 0], { static: true }));
  await expect.poll(() => shownShare(page, GREEN), TIMEOUT).toBeGreaterThan(SHARE);
  expect(await page.evaluate(() => window.inPage.stats().sinks[0])).toMatchObject({ state: "open", reconnects: 1 });
  expect(errors).toEqual([]);
});

test("the viewer in a page shows the layout that the page sends, changed, and after a restart", async ({ page }) => {
  test.setTimeout(120_000);
  const errors = await openPage(page);
  await page.evaluate(() => {
    window.inPage.logColor([255, 0, 255], { static: true });
    window.inPage.logFrames(0, 100);
    // Sent before the viewer exists, and nothing but an empty chart.
    window.inPage.layOut("lime");
  });
  await page.evaluate(() => window.inPage.open());
  await expect.poll(() => shownShare(page, GREEN), TIMEOUT).toBeGreaterThan(0.6);
  expect(await shownShare(page, MAGENTA)).toBe(0);
  await page.evaluate(() => window.inPage.layOut("yellow"));
  await expect.poll(() => shownShare(page, YELLOW), TIMEOUT).toBeGreaterThan(0.6);

  await page.evaluate(() => window.inPage.stop());
  await expect.poll(() => page.evaluate(() => window.inPage.stats().sinks[0]?.state)).toBe("connecting");
  await page.evaluate(() => window.inPage.start());
  await expect.poll(() => shownShare(page, YELLOW), TIMEOUT).toBeGreaterThan(0.6);
  expect(await shownShare(page, MAGENTA)).toBe(0);
  expect(errors).toEqual([]);
});

test("openWebViewer shows its default blueprint", async ({ page }) => {
  test.setTimeout(120_000);
  await openPage(page);
  await page.evaluate(() => {
    window.inPage.logColor([255, 0, 255], { static: true });
    return window.inPage.open("lime");
  });
  await expect.poll(() => shownShare(page, GREEN), TIMEOUT).toBeGreaterThan(0.6);
  expect(await shownShare(page, MAGENTA)).toBe(0);
  expect(await page.evaluate(() => window.inPage.problems)).toEqual([]);
});

/** Places of the viewer in a page 600 pixels wide and high, and the height that it has there. */
const PLACES = [
  { place: "an element without a height", page: "", element: "", height: 150 },
  { place: "a row of a grid", page: "display: grid; grid-template-rows: 100px 1fr", element: "", height: 500 },
  { place: "a row of a flexbox", page: "display: flex; flex-direction: column", element: "flex: 1", height: 600 },
  { place: "a column of a flexbox", page: "display: flex", element: "flex: 1; height: auto", height: 600 },
] as const;

for (const { place, page: layout, element, height } of PLACES) {
  test(`the viewer fills ${place} sharply, and does not grow, also when the page is resized`, async ({ browser }) => {
    test.setTimeout(120_000);
    const context = await browser.newContext({ deviceScaleFactor: 2, viewport: { width: 600, height: 600 } });
    const page = await context.newPage();
    await openPage(page);
    await page.evaluate(
      ([layoutStyle, elementStyle, needsHeader]) => {
        document.body.setAttribute("style", layoutStyle);
        const target = document.querySelector("#viewer") as HTMLElement;
        target.setAttribute("style", `height: auto; ${elementStyle}`);
        if (needsHeader) target.before(document.createElement("header"));
      },
      [layout, element, layout.includes("100px")] as const,
    );
    await page.evaluate(() => window.inPage.open());
    const sizes = (): Promise<unknown> =>
      page.evaluate(async () => {
        const canvas = document.querySelector("canvas") as HTMLCanvasElement;
        const { width, height: high } = canvas.getBoundingClientRect();
        const outer = (document.querySelector("#viewer") as HTMLElement).getBoundingClientRect();
        // Not always the size times the ratio: Chromium does not count a ratio that is only emulated.
        const device = await new Promise<ResizeObserverSize | undefined>((resolve) => {
          const observer = new ResizeObserver(([entry]) => resolve(entry?.devicePixelContentBoxSize[0]));
          observer.observe(canvas, { box: "device-pixel-content-box" });
        });
        const isSharp = canvas.width === device?.inlineSize && canvas.height === device.blockSize;
        return { css: [width, high], element: [outer.width, outer.height], isSharp };
      });
    const expected = (width: number, high: number): object => ({
      css: [width, high],
      element: [width, high],
      isSharp: true,
    });
    await expect.poll(sizes, TIMEOUT).toEqual(expected(600, height));
    await page.evaluate(async () => {
      for (let frame = 0; frame < 20; frame++) await new Promise(requestAnimationFrame);
    });
    expect(await sizes()).toEqual(expected(600, height));
    await page.setViewportSize({ width: 400, height: 700 });
    await expect.poll(sizes, TIMEOUT).toEqual(expected(400, height === 150 ? 150 : height + 100));
    await context.close();
  });
}

test("openWebViewer in a page without the viewer's package names the package to install", async ({ page }) => {
  await page.route(/\/web-viewer-/, (route) => route.abort());
  await openPage(page);
  const opening = page.evaluate(() =>
    window.inPage.open().catch((error: { code: string; message: string }) => `${error.code}: ${error.message}`),
  );
  expect(await opening).toMatch(
    /^UNSUPPORTED: .*@rerun-io\/web-viewer; `npx rerun-ts viewer-files DIR` writes that of this version$/,
  );
});

test("a viewer that does not start leaves the data of the recording to its next sink", async ({ page }) => {
  await page.addInitScript(() => {
    // As in a browser without WebGL.
    HTMLCanvasElement.prototype.getContext = () => null;
  });
  await openPage(page);
  const opening = page.evaluate(() => {
    window.inPage.logFrames(0, 10);
    return window.inPage.open().catch((error: { code: string; message: string }) => `${error.code}: ${error.message}`);
  });
  expect(await opening).toMatch(/^UNSUPPORTED: the web viewer did not start: /);
  const { sinks, backlogBytes, droppedRows } = await page.evaluate(() => window.inPage.stats());
  expect({ kinds: sinks.map(({ kind }) => kind), droppedRows }).toEqual({ kinds: ["buffering"], droppedRows: 0 });
  expect(backlogBytes).toBeGreaterThan(0);
});

test("the viewer in another page shows the data of a page live, with its name", async ({ page, context }) => {
  test.setTimeout(120_000);
  const rerun = await requireRealRerun();
  const port = await freePort();
  const url = `rerun+http://127.0.0.1:${port}/proxy`;
  const viewer = await serveRealWebViewer(rerun.path, port);
  try {
    await page.goto(`${pages.url}tests/e2e/pages/live.html?${new URLSearchParams({ url })}`);
    await page.waitForFunction(() => "live" in window);
    await page.evaluate(async () => {
      await window.live.connect({ waitForConnection: true });
      await window.live.logPictures();
      await window.live.flush(10_000);
    });
    const shown = await context.newPage();
    await silenceDebug(shown);
    const query = new URLSearchParams({ url, renderer: "webgl", theme: "dark", persist: "0", notebook: "0" });
    await shown.goto(`${viewer.url}/?${query}&hide_welcome_screen`, { waitUntil: "commit" });
    await shown.waitForFunction(() => "_handle" in globalThis, undefined, TIMEOUT);
    await expectPictures(shown);
    // Rows that are logged now appear without reloading.
    await page.evaluate(() => {
      window.live.start();
      window.live.log(0, 20);
    });
    await expect
      .poll(async () => (await controlPage(shown).describe()).recordings, TIMEOUT)
      .toMatchObject([
        {
          store_id: "Recording:points:points",
          timelines: { frame: "sequence", animation: "duration", log_time: "timestamp" },
          entities: { "/picture_jpeg": expect.anything(), "/spiral": expect.arrayContaining(["Points3D:positions"]) },
        },
      ]);
  } finally {
    await viewer.close();
  }
});

/** How often the pointer was moved: each time to another place. */
let moves = 0;

/** The share of the viewer that has this colour. The viewer may not draw a new view until the pointer moves. */
async function shownShare(page: Page, color: readonly [number, number, number]): Promise<number> {
  await page.mouse.move(5, 5 + (moves++ % 5));
  return shareOfColor(page, color);
}

/** Expects all three images, each in its colour and in a separate view. */
async function expectPictures(page: Page): Promise<void> {
  for (const color of [MAGENTA, GREEN, YELLOW])
    await expect.poll(() => shownShare(page, color), { ...TIMEOUT, message: String(color) }).toBeGreaterThan(0.02);
}

async function openPage(page: Page): Promise<string[]> {
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  await silenceDebug(page);
  await page.goto(`${pages.url}tests/e2e/pages/viewer.html`);
  await page.waitForFunction(() => "inPage" in window);
  return errors;
}
