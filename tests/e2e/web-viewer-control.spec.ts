import { expect, test, type Page } from "@playwright/test";
import { blueprintToCode } from "@rerun-ts/reading";
import { type RerunError, viewer } from "@rerun-ts/node";
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { startNativeViewer } from "@rerun-ts/test-support/viewers/native-viewer";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { Field, Float32, List, Table, Utf8, tableToIPC, vectorFromArray } from "apache-arrow";
import { PNG } from "pngjs";
import { serveOwnPages, servePages, type PageServer } from "./serve.ts";

/** Drawing takes most of the time, for there is no graphics card. */
const VIEWPORT = { width: 320, height: 240 };
const PATIENT = { timeoutMs: 60_000 };
const ID = "Recording:control:one";

test.describe("a page that controls its viewer", () => {
  let pages: PageServer;
  let page: Page;
  let opened: object;
  test.beforeAll(async ({ browser }) => {
    pages = await servePages();
    page = await openPage(browser, pages);
    await page.evaluate(() => window.controlled.open().then(() => window.controlled.listen()));
    // Each test can run alone.
    opened = await page.evaluate(() => window.controlled.openBytes("one"));
  });
  test.afterAll(async () => {
    await page?.close();
    await pages?.close();
  });
  /** Makes a call of the control in the page. */
  const call = (name: keyof viewer.ViewerControl, ...args: readonly unknown[]): Promise<unknown> =>
    page.evaluate(([method, all]) => window.controlled.call(method, ...all), [name, args] as const);

  test("opens the bytes of a recording, and has the viewer of this Rerun", async () => {
    expect(opened).toEqual({ recordings: [ID], loading: [] });
    expect(await call("state", PATIENT)).toMatchObject({ activeRecording: ID, viewerVersion: "0.41.0" });
  });

  test("moves the time, and pauses, plays and follows", async () => {
    const at = { timeline: "frame", at: 7, play: false, ...PATIENT };
    expect(await call("setTime", at)).toEqual({ recording: ID, timeline: "frame", kind: "sequence", time: 7n });
    const shown = async () => ((await call("state", PATIENT)) as { recordings: readonly object[] }).recordings[0];
    expect(await shown()).toMatchObject({ timeline: "frame", time: 7n, playState: "paused" });
    await call("setTime", { play: "following", ...PATIENT });
    expect(await shown()).toMatchObject({ playState: "following" });
    expect(await call("setTime", { timeline: "nope", at: 1 })).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining('no timeline "nope"'),
    });
    await call("setTime", at);
  });

  test("gets the events of the viewer, and saves what it shows", async () => {
    const events = (): Promise<typeof window.controlled.events> => page.evaluate(() => window.controlled.events);
    const recording = { applicationId: "control", recordingId: "one" };
    const expected = [
      { name: "recordingopen", event: recording },
      { name: "timeline", event: { ...recording, timeline: "log_time" } },
      { name: "play", event: recording },
      { name: "timeline", event: { ...recording, timeline: "frame", time: 3 } },
      { name: "pause", event: recording },
      { name: "time", event: { ...recording, time: 7 } },
    ];
    await call("setTime", { timeline: "log_time", play: false, ...PATIENT });
    await call("setTime", { timeline: "frame", at: 3, play: true, ...PATIENT });
    await call("setTime", { timeline: "frame", at: 7, play: false, ...PATIENT });
    for (const one of expected) await expect.poll(events).toContainEqual(matching(one));
    // Panels leave no room for views in a small window.
    await page.setViewportSize({ width: 800, height: 500 });
    const selection = { name: "selection", event: { ...recording, items: [{ kind: "view", viewName: "/" }] } };
    await expect
      .poll(async () => {
        await page.mouse.click(400, 200);
        return (await events()).findLast(({ name }) => name === "selection");
      })
      .toMatchObject(selection);
    await page.setViewportSize(VIEWPORT);
    await page.evaluate(() => window.controlled.unlisten());
    const { length } = await events();
    await call("setTime", { timeline: "frame", at: 9, ...PATIENT });
    await call("setTime", { timeline: "frame", at: 7, ...PATIENT });
    expect((await events()).length).toBe(length);
    expect(await page.evaluate(() => window.controlled.saved())).toEqual([
      ["recording", "end"],
      ["blueprint", "end"],
    ]);
  });

  test("takes an image of the viewer, and of a view", async () => {
    const sizeOf = async (options: object): Promise<number> => {
      const png = Buffer.from((await call("screenshot", { ...options, ...PATIENT })) as number[]);
      const { width, height } = PNG.sync.read(png);
      return Math.max(width, height);
    };
    expect(await sizeOf({ maxSize: 100 })).toBe(100);
    const { views } = (await call("state", PATIENT)) as viewer.ViewerState;
    expect(await sizeOf({ view: views[0]?.viewId })).toBeGreaterThan(10);
  });

  test("gives the answers of a native viewer with the same recording", async () => {
    const rerun = await ensureRerun();
    if ("missing" in rerun || !hasVulkan()) {
      test.skip(process.env["CI"] !== "true", "rerun-sdk or a Vulkan driver is not there");
      throw new Error("rerun-sdk or a Vulkan driver is not there");
    }
    const running = await startNativeViewer(rerun);
    try {
      const native = await viewer.connectViewer(running.url);
      const bytes = await page.evaluate(() => window.controlled.recordingBytes("one"));
      expect(await native.open(Uint8Array.from(bytes), PATIENT)).toEqual({ recordings: [ID], loading: [] });
      const at = { timeline: "frame", at: 7, play: false, ...PATIENT };
      expect(await call("setTime", at)).toEqual(await native.setTime(at));
      const comparable = (state: viewer.ViewerState) => ({
        ...state,
        // Random ids, servers of the native viewer, and views that were drawn already.
        views: state.views
          .map(({ viewId: _id, reports: _reports, ...view }) => view)
          .sort((a, b) => a.origin.localeCompare(b.origin)),
        servers: undefined,
        catalogUrl: undefined,
      });
      const both = async (name: "schema" | "transformGraph" | "location"): Promise<unknown[]> => [
        await call(name, PATIENT),
        await native[name](PATIENT),
      ];
      expect(comparable((await call("state", PATIENT)) as viewer.ViewerState)).toEqual(
        comparable(await native.state(PATIENT)),
      );
      for (const name of ["schema", "transformGraph", "location"] as const) {
        const [here, there] = await both(name);
        expect(here).toEqual(there);
      }
      // A change of a part keeps the rest, which has other ids in each viewer.
      const json = { "/time_panel": { TimePanelBlueprint: { timeline: "frame" } }, "/new": { ViewportBlueprint: {} } };
      const change = { partial: true, ...PATIENT };
      const pathsOf = ({ blueprint }: viewer.ViewerBlueprint): readonly string[] =>
        Object.keys(blueprint).map((path) => path.replace(/[\da-f-]{36}/, "ID"));
      expect(await call("setBlueprint", json, change)).toEqual(await native.setBlueprint(json, change));
      const shown = (await call("blueprint", PATIENT)) as viewer.ViewerBlueprint;
      // The viewer of the page may have more, for other tests have clicked in it.
      expect(pathsOf(shown)).toEqual(expect.arrayContaining([...pathsOf(await native.blueprint(PATIENT))]));
      expect(shown.blueprint).toMatchObject({ "/time_panel": json["/time_panel"] });
      for (const name of ["datasetSchema", "datasetAssets", "tableSchema", "selection"] as const) {
        const there = await native[name](PATIENT).catch((error: unknown) => error);
        const here = (await call(name, PATIENT)) as { code: string; message: string };
        expect(here).toMatchObject({ code: (there as RerunError).code });
        expect(here.message).toBe((there as RerunError).message.replace(/at rerun\S+/, "in this page"));
      }
    } finally {
      await running.close();
    }
  });

  test("lists and runs commands, and names what does not exist", async () => {
    const commands = (await call("commands", PATIENT)) as readonly { id: string }[];
    expect(commands.map(({ id }) => id)).toContain("recording.toggle_play_pause");
    expect(await call("run", "recording.toggle_play_pause", PATIENT)).toMatchObject({ title: expect.any(String) });
    expect(await call("run", "no.such", PATIENT)).toMatchObject({ code: "NOT_FOUND" });
    expect(await call("open", "http://127.0.0.1:1/none.rrd", { navigate: false, ...PATIENT })).toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringMatching(/^the viewer cannot open http:\/\/127\.0\.0\.1:1\/none\.rrd: .*Failed to fetch/s),
    });
    expect(await call("highlight", { x: 1, y: 1, width: 20, height: 20 }, { label: "here", ...PATIENT })).toBe(
      undefined,
    );
    expect(await call("highlight", undefined, PATIENT)).toBe(undefined);
  });

  test("shows a blueprint, and saves it as one that has code", async () => {
    const created = await page.evaluate(() => window.controlled.setBlueprint("/curve"));
    expect(created).toContainEqual(expect.stringMatching(/^\/view\/.*\/ViewContents$/));
    const { views } = (await call("state", PATIENT)) as viewer.ViewerState;
    expect(views.map(({ name }) => name)).toEqual(["only a chart"]);
    const saved = Uint8Array.from(await page.evaluate(() => window.controlled.savedBlueprint()));
    const code = await blueprintToCode(saved, { packageName: "@rerun-ts/web" });
    expect(code).toMatch(/^import \* as rrb from "@rerun-ts\/web\/blueprint";\n\n/);
    expect(code).toMatch(/new rrb\.TimeSeriesView\(\{[^]*origin: "\/curve",[^]*name: "only a chart"/);
  });

  test("shows a table with columns of all kinds", async () => {
    const table = new Table({
      name: vectorFromArray(["left", null], new Utf8()),
      at: vectorFromArray([new Date(0), new Date(1)]),
      list: vectorFromArray([[1, 2], [3]], new List(new Field("item", new Float32(), true))),
    });
    table.schema.metadata.set("owner", "a program");
    await page.evaluate((arrow) => window.controlled.sendTable("sides", arrow), [...tableToIPC(table, "stream")]);
    await expect.poll(() => call("location", PATIENT)).toBe("about:table?id=sides");
    const columns = (await call("tableSchema", PATIENT)) as readonly object[];
    expect(columns.map((column) => (column as { name: string }).name).sort()).toEqual(["at", "list", "name"]);
  });

  test("opens a file, and closes what it has opened", async () => {
    const second = "Recording:control:two";
    expect(await page.evaluate(() => window.controlled.openBlob("two"))).toEqual({ recordings: [second], loading: [] });
    expect(await call("state", PATIENT)).toMatchObject({ activeRecording: second });
    expect(await call("close", { recordings: [second], ...PATIENT })).toEqual([second]);
    const { recordings } = (await call("state", PATIENT)) as viewer.ViewerState;
    expect(recordings.map(({ storeId }) => storeId)).toEqual([ID]);
    expect(await page.evaluate(() => window.controlled.call("open", new Uint8Array(100)))).toMatchObject({
      code: "INVALID_FORMAT",
    });
  });

  test("gets a named error if the viewer is stopped during a call, and calls it again after its restart", async () => {
    const interrupted = page.evaluate(() => {
      window.controlled.stopDuringState();
      return window.controlled.call("state", { timeoutMs: 1000 });
    });
    const stopped = { code: "CONNECTION", message: expect.stringMatching(/^the viewer in this page (is|was) stopped/) };
    expect(await interrupted).toMatchObject(stopped);
    expect(await call("run", "a", { timeoutMs: 300 })).toMatchObject(stopped);
    const waiting = call("state", PATIENT);
    await page.evaluate(() => window.controlled.start());
    expect(await waiting).toMatchObject({ viewerVersion: "0.41.0" });
  });
});

test("the viewer 0.33 of npm shows a recording, and its control says what it lacks", async ({ browser }) => {
  const pages = await serveOwnPages(["tests/e2e/pages/viewer-control.html"], { viewer: "npm" });
  const page = await openPage(browser, pages);
  await page.evaluate(() => window.controlled.open());
  const calls = await page.evaluate(() =>
    Promise.all([
      window.controlled.call("state"),
      window.controlled.call("open", "a.rrd"),
      window.controlled.call("close"),
    ]),
  );
  for (const answer of calls)
    expect(answer).toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringMatching(
        /has no method `\w+`: `@rerun-io\/web-viewer` has it in 0\.41, and lacks it in 0\.33$/,
      ),
    });
  await page.evaluate(() => window.controlled.show("one"));
  await expect.poll(() => page.evaluate(() => window.controlled.shownRecording())).toBe("one");
  await page.close();
  await pages.close();
});

/** An event whose data has at least these fields. */
function matching({ name, event }: { readonly name: string; readonly event: object }): object {
  return { name, event: expect.objectContaining({ ...event }) as unknown };
}

async function openPage(browser: { newPage(options: object): Promise<Page> }, pages: PageServer): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  await silenceDebug(page);
  await page.goto(`${pages.url}tests/e2e/pages/viewer-control.html`);
  await page.waitForFunction(() => "controlled" in window);
  return page;
}
