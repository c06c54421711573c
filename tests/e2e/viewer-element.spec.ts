import { expect, test, type Page, type Route } from "@playwright/test";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { servePages, type PageServer } from "./serve.ts";

const VIEWPORT = { width: 320, height: 240 };

test.describe("<rerun-viewer>", () => {
  test.describe.configure({ mode: "serial" });

  let pages: PageServer;
  let page: Page;
  test.beforeAll(async ({ browser }) => {
    pages = await servePages();
    page = await browser.newPage({ viewport: VIEWPORT });
    await silenceDebug(page);
    await page.goto(`${pages.url}tests/e2e/pages/viewer-element.html`);
    await page.waitForFunction(() => window.tested !== undefined);
  });
  test.afterAll(async () => {
    await page?.close();
    await pages?.close();
  });
  const shown = (): Promise<string[]> => page.evaluate(() => window.tested.shown());
  const eventsOf = (name: string): Promise<unknown[]> =>
    page.evaluate((of) => window.tested.events.filter(([is]) => is === of).map(([, detail]) => detail), name);

  test("shows a recording that logs, with its options, and reports its events", async () => {
    await page.evaluate(() => window.tested.add());
    await expect.poll(shown, { timeout: 90_000 }).toEqual(["Recording:live:live"]);
    expect(await eventsOf("ready")).toHaveLength(1);
    expect(await page.evaluate(() => window.tested.startOptions())).toEqual({
      width: "100%",
      height: "100%",
      // Attributes count more than options.
      theme: "light",
      hide_welcome_screen: true,
      allow_fullscreen: false,
      check_for_updates_on_startup: false,
      memory_limit: "1GiB",
      manifest_url: "/examples.json",
      enable_history: true,
      login: { signed_in_url: "/in.html", signed_out_url: "/out.html" },
    });
    expect(await eventsOf("recordingopen")).toMatchObject([{ applicationId: "live", recordingId: "live" }]);
    await page.evaluate(() => window.tested.pause(3));
    await expect.poll(async () => (await eventsOf("time")).at(-1)).toMatchObject({ recordingId: "live", time: 3 });
  });

  test("shows bytes, a file and a URL beside it, and says what it cannot show", async () => {
    await page.evaluate(() => window.tested.showBytes("bytes"));
    await expect.poll(shown).toEqual(["Recording:element:bytes", "Recording:live:live"]);
    await page.evaluate(() => window.tested.showFile("file"));
    await expect.poll(shown).toContain("Recording:element:file");
    const bytes = Buffer.from(await page.evaluate(() => window.tested.fileOf("url")));
    await page.route("**/served.rrd", (route) => route.fulfill({ body: bytes }));
    await page.evaluate((url) => window.tested.showUrl(url), "served.rrd");
    await expect.poll(shown, { timeout: 30_000 }).toContain("Recording:element:url");
    await page.evaluate(() => window.tested.showWrong());
    await expect.poll(() => eventsOf("failure").then(({ length }) => length)).toBe(1);
    await page.evaluate(() => window.tested.showUrl("missing.rrd"));
    await expect.poll(() => eventsOf("failure")).toContainEqual(expect.stringMatching(/cannot open \S+missing\.rrd/));
    await page.evaluate(() => window.tested.showText("notes.txt"));
    await expect.poll(() => eventsOf("failure")).toContainEqual(expect.stringMatching(/notes\.txt/));
  });

  test("a source that is replaced while it is loaded is not reported, though it cannot be read", async () => {
    const failures = (await eventsOf("failure")).length;
    const asked = new Promise<Route>((resolve) => void page.route("**/replaced.rrd", resolve));
    await page.evaluate((url) => window.tested.showUrl(url), "replaced.rrd");
    const route = await asked;
    await page.evaluate(() => window.tested.showBytes("successor"));
    await route.fulfill({ status: 404 }).catch(() => {});
    await expect.poll(shown).toContain("Recording:element:successor");
    // The failure of a later source is the next one.
    await page.evaluate(() => window.tested.showText("later.txt"));
    await expect.poll(async () => (await eventsOf("failure")).length).toBeGreaterThan(failures);
    expect((await eventsOf("failure")).slice(failures)).toEqual([expect.stringMatching(/later\.txt/)]);
  });

  test("a viewer whose panels cannot be set is removed, and the error names the option", async () => {
    const canvases = await page.locator("canvas").count();
    expect(await page.evaluate(() => window.tested.openWith({ panels: { time: "open" } }))).toMatch(/panels/);
    await expect(page.locator("canvas")).toHaveCount(canvases);
  });

  test("follows a link to a moment, and its own times from then on", async () => {
    await page.evaluate((url) => window.tested.showUrl(url), "served.rrd#when=frame@2");
    const time = (): Promise<object> => page.evaluate(() => window.tested.time("Recording:element:url"));
    await expect.poll(time, { timeout: 30_000 }).toEqual({ timeline: "frame", time: 2, playState: "paused" });
    await page.evaluate(() => window.tested.setTime({ timeline: "log_time" }));
    await expect.poll(time).toMatchObject({ timeline: "log_time" });
    await page.evaluate(() => window.tested.setTime({ timeline: "frame", time: 5, playing: false }));
    await expect.poll(time).toEqual({ timeline: "frame", time: 5, playState: "paused" });
  });

  test("opens files that are dropped on it, names those that it cannot open, and lets the page refuse", async () => {
    const before = await shown();
    expect(await page.evaluate(() => window.tested.drop("left.rrd", "table.csv", "right.rrd"))).toBe(true);
    const [left, right] = ["Recording:element:left", "Recording:element:right"];
    await expect.poll(shown, { timeout: 30_000 }).toEqual([...before, left, right].sort());
    expect(await eventsOf("filedrop")).toEqual([["left.rrd", "table.csv", "right.rrd"]]);
    const opened = (await eventsOf("recordingopen")) as readonly { readonly recordingId: string }[];
    expect(opened.filter(({ recordingId }) => recordingId === "left")).toHaveLength(1);
    expect((await eventsOf("failure")).at(-1)).toMatch(/^RerunError: cannot open table\.csv: /);
    await page.evaluate(() => window.tested.refuse(true));
    await page.evaluate(() => window.tested.drop("refused.rrd"));
    await page.evaluate(() => window.tested.refuse(false));
    await page.evaluate(() => window.tested.drop("last.rrd"));
    await expect.poll(shown).toContain("Recording:element:last");
    expect(await shown()).not.toContain("Recording:element:refused");
  });

  test("stays the same viewer when it is moved, and gives the recording back when it is removed", async () => {
    const before = await shown();
    await page.evaluate(() => window.tested.move());
    expect(await shown()).toEqual(before);
    expect(await eventsOf("ready")).toHaveLength(1);
    await page.evaluate(() => window.tested.remove());
    await expect(page.locator("canvas")).toHaveCount(0);
    expect(await page.evaluate(() => window.tested.keptRows())).toBeGreaterThan(0);
  });

  test("cancels the start of its viewer when it is removed", async () => {
    expect(await page.evaluate(() => window.tested.addBriefly())).toEqual([false, false, true]);
    await expect(page.locator("canvas")).toHaveCount(0);
  });
});
