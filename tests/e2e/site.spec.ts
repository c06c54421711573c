import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, test, type Page } from "@playwright/test";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { PAGES } from "@rerun-ts/test-support/examples/example-pages";
import { pageContext } from "@rerun-ts/test-support/examples/page-context";
import { performPage, untilLogged } from "@rerun-ts/test-support/examples/perform-page";
import type { RerunReplayElement } from "@rerun-ts/replay/element";
import { openPlayground, runExample } from "@rerun-ts/test-support/examples/playground";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { SITE } from "../../tools/site/folders.ts";
import { serveSite, type ServedSite } from "../../tools/site/serve-site.ts";
import { countRows, ROWS } from "./example-rows.ts";
import { shareOfColor } from "./picture.ts";
import { requireRealRerun } from "./rerun.ts";
import { SiteFiles } from "./site-files.ts";

/** The bytes that a page without a viewer may load, compressed. */
const MAX_PAGE_BYTES = 150_000;
/** The pages that are generated from one template, of which the tests open each fourth. Soak tests open all. */
const GENERATED = /^archetypes\/(?!index)/;
const OPENED_EVERY = 4;
const MAGENTA = [255, 0, 255] as const;
/** The first frame takes long, because shaders are compiled in software. */
const PATIENCE = { timeout: 45_000 };
/** The examples that write something below the editor. */
const MESSAGES: Readonly<Record<string, string>> = {
  "pages/page-replay": "1 tasks2 tasks3 tasks",
  "gallery/text": 'A night of backups: 7 jobsSome files are left out: {"job":"code","again":true}Done after 84 minutes',
};
/** Examples for browsers that log little until someone uses them. */
const WITH_USERS = new Set(["game", "inspect", "mouse", "recorder", "sensors", "worker"]);
/** The example that is looked at in the viewer beside it, and the colour of its lines there. */
const SHOWN = "mouse";
const ORANGE = [255, 165, 0] as const;
/** Room for a viewer beside the rest. Everything is drawn in software: a small viewer takes a fraction of the time. */
const SMALL = { width: 920, height: 500 };
/** The button of an example that saves its recording. */
const SAVE = /^Download|^Send me/;
const PROGRAM = `import * as rr from "@rerun-ts/web";
const rec: rr.RecordingStream = new rr.RecordingStream("test");
`;

let site: ServedSite;
let files: SiteFiles;

test.describe.configure({ mode: "parallel" });

test.beforeAll("the site is served", async () => {
  site = await serveSite();
  files = new SiteFiles(SITE);
});

test.afterAll(() => site?.close());

test("no page of the site has dead links or loads something from elsewhere", () => {
  // The reference has a page for each class and function.
  expect(files.pages.length).toBeGreaterThan(1000);
  expect(files.pages.flatMap((page) => files.problems(page))).toEqual([]);
});

test("all pages open without errors, without other servers, and load at most 150 kB", async ({ page }) => {
  test.setTimeout(180_000);
  const opened = await observe(page);
  const pages = files.pages.filter((path) => !/^(?:api|examples|playground)\//.test(path) && path !== "404.html");
  const generated = pages.filter((path) => GENERATED.test(path));
  expect(generated.length).toBeGreaterThan(50);
  expect(pages.length).toBeGreaterThan(80);
  const isOpened = (path: string): boolean =>
    isSoak || !GENERATED.test(path) || generated.indexOf(path) % OPENED_EVERY === 0;
  // The playground goes on loading for long: no other page comes after it.
  for (const path of [...pages.filter(isOpened), "api/index.html", "playground/index.html"]) {
    await page.goto(site.url + path);
    if (path.startsWith("playground/")) continue;
    expect(await picturesInViewAreLoaded(page), path).toBe(!path.startsWith("api/"));
    expect(sizeOf(opened.paths), `${path}: ${[...opened.paths].join(" ")}`).toBeLessThan(MAX_PAGE_BYTES);
    // What a page loads is known without opening it.
    if (GENERATED.test(path)) expect(files.resources(path)).toEqual(expect.arrayContaining([...opened.paths]));
  }
  for (const path of generated) expect(sizeOf(files.resources(path)), path).toBeLessThan(MAX_PAGE_BYTES);
  expect(opened.problems).toEqual([]);
});

test("the search of the API reference finds a class", async ({ page }) => {
  const opened = await observe(page);
  await page.goto(`${site.url}api/index.html`);
  await page.locator("#tsd-search-trigger").click();
  // The index is loaded.
  await expect(page.locator("#tsd-search-status")).toBeEmpty();
  await page.locator("#tsd-search-input").fill("GeoPoints");
  await expect(page.locator("#tsd-search-results a").first()).toHaveAttribute("href", /geopoints/i);
  expect(opened.problems).toEqual([]);
});

test("the search finds a page by its text", async ({ page }) => {
  const opened = await observe(page);
  await page.goto(site.url);
  await page.getByRole("button", { name: "Search" }).first().click();
  await page.getByRole("searchbox").fill("latitude and longitude");
  await expect(page.locator(".VPLocalSearchBox .result").first()).toContainText("GeoPoints");
  expect(opened.problems).toEqual([]);
});

/** Words that people search for, and the page that must be among the first results. */
const SEARCHES: Readonly<Record<string, RegExp>> = {
  geo: /Geo(?:Points|LineStrings)/,
  SIGKILL: /Reliability|Sinks/,
  Vitest: /Testing/,
  color: /Values.*Colours/,
  gray: /Values|LineGrid3D/,
  behavior: /[Bb]ehaviour|EntityBehavior/,
  ROS: /MCAP|Files|Mcap/,
  mcap: /MCAP|Mcap/,
  screenshot: /Recipes.*A screenshot without a window/,
  "derived signal": /Recipes.*Derived signals/,
};

test("the search ranks pages for users first, and knows American spelling", async ({ page }) => {
  const opened = await observe(page);
  await page.goto(site.url);
  await page.getByRole("button", { name: "Search" }).first().click();
  for (const [query, expected] of Object.entries(SEARCHES)) {
    await page.getByRole("searchbox").fill(query);
    const first = async (): Promise<string> =>
      (await page.locator(".VPLocalSearchBox .result").allTextContents()).slice(0, 3).join(" | ");
    await expect.poll(first, { message: query }).toMatch(expected);
    // The first one is a page for users.
    expect(await page.locator(".VPLocalSearchBox .result").first().getAttribute("href"), query).not.toMatch(
      /internals|architecture/,
    );
  }
  expect(opened.problems).toEqual([]);
});

test("the first screen has a picture and a link to the playground, on desktops and phones", async ({ page }) => {
  const opened = await observe(page);
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.goto(site.url);
    await expect(page.getByRole("link", { name: "Try it in the playground" })).toBeInViewport();
    await expect(page.locator(".vp-doc img").first()).toBeInViewport({ ratio: 0.5 });
  }
  await page.getByRole("link", { name: "Try it in the playground" }).click();
  await expect(page).toHaveURL(/\/playground\/index\.html/);
  expect(opened.problems).toEqual([]);
});

test("the playground has the colours of the reader's system, or those chosen in the documentation", async ({
  page,
}) => {
  const opened = await observe(page);
  await page.emulateMedia({ colorScheme: "light" });
  await openPlayground(page, site.url, { hidesViewer: true });
  await expect(page.locator(".tok-keyword").first()).toBeVisible();
  const light = await playgroundColors(page);
  expect([light.background, light.hasContrast, light.isEditorDark]).toEqual(["rgb(255, 255, 255)", true, false]);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = { background: "rgb(27, 27, 31)", hasContrast: true, isEditorDark: true };
  await expect.poll(() => playgroundColors(page)).toMatchObject(dark);
  // Another page of the documentation stores the choice of the reader there.
  const other = await page.context().newPage();
  const choose = async (choice: string): Promise<void> => {
    await other.goto(`${site.url}playground/examples.json`);
    await other.evaluate((value) => localStorage.setItem("vitepress-theme-appearance", value), choice);
  };
  await choose("light");
  await expect.poll(() => playgroundColors(page)).toEqual(light);
  await choose("dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.reload();
  await expect(page.locator(".tok-keyword").first()).toBeVisible();
  await expect.poll(() => playgroundColors(page)).toMatchObject(dark);
  await choose("auto");
  await expect.poll(() => playgroundColors(page)).toEqual(light);
  expect(opened.problems).toEqual([]);
});

/** The colours of the playground, and whether each of its texts is readable. */
function playgroundColors(
  page: Page,
): Promise<{ background: string; hasContrast: boolean; isEditorDark: boolean; unreadable: string[] }> {
  return page.evaluate(() => {
    const numbers = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (color: string): number => {
      const [red = 0, green = 0, blue = 0] = numbers(color)
        .slice(0, 3)
        .map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const backgroundOf = (element: Element | null): string => {
      if (element === null) return "rgb(255, 255, 255)";
      const { backgroundColor } = getComputedStyle(element);
      const [, , , alpha = 1] = numbers(backgroundColor);
      return alpha < 0.9 ? backgroundOf(element.parentElement) : backgroundColor;
    };
    const texts = document.querySelectorAll("header > *, .cm-line, .cm-line span, .cm-lineNumbers .cm-gutterElement");
    const unreadable = [...texts].filter((element) => {
      if (element.textContent.trim() === "" || (element as HTMLButtonElement).disabled) return false;
      const [first, second] = [getComputedStyle(element).color, backgroundOf(element)].map(luminance) as [
        number,
        number,
      ];
      return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05) < 4;
    });
    return {
      background: getComputedStyle(document.body).backgroundColor,
      hasContrast: unreadable.length === 0,
      isEditorDark: luminance(backgroundOf(document.querySelector(".cm-gutters"))) < 0.5,
      unreadable: unreadable.map((element) => `${element.className}: ${element.textContent.slice(0, 20)}`).slice(0, 5),
    };
  });
}

test("programs fit their page on a screen of 1280 pixels, and those in two languages are side by side", async ({
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const cutOff = (): Promise<string[]> =>
    page.evaluate(() => {
      const programs = [...document.querySelectorAll<HTMLElement>(".vp-doc .language-ts pre, .side-by-side pre")];
      const cut = programs.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 12);
      return cut.map(({ textContent }) => textContent.slice(0, 80));
    });
  for (const path of ["", "sinks.html", "blueprints.html", "recipes.html", "python.html"]) {
    await page.goto(site.url + path);
    await page.waitForSelector("#app > .Layout");
    expect(await cutOff(), path).toEqual([]);
  }
  const tops = await page
    .locator(".side-by-side")
    .first()
    .locator("> div")
    .evaluateAll((all) => all.map((each) => Math.round(each.getBoundingClientRect().top)));
  expect(new Set(tops).size).toBe(1);
  expect(tops).toHaveLength(2);
});

test("the site has its pages as Markdown for assistants, with a list of them", async ({ request }) => {
  const index = await (await request.get(`${site.url}llms.txt`)).text();
  expect(index).toMatch(/^# rerun-ts\n\n> An unofficial TypeScript SDK for Rerun/);
  const links = Array.from(index.matchAll(/\]\(\/([^)]*)\)/g), ([, path = ""]) => path);
  // The description of a page is whole, even over several lines of its source.
  expect(index).toContain("machine learning, Vue and Svelte, systemd and Docker\n");
  expect(links).toEqual(expect.arrayContaining(["logging.md", "sinks.md", "python.md", "llms-full.txt"]));
  for (const path of links) expect((await request.get(site.url + path)).status(), path).toBe(200);
  const all = await (await request.get(`${site.url}llms-full.txt`)).text();
  for (const title of ["# Sinks", "# Blueprints", "# Recipes"]) expect(all).toContain(`\n${title}\n`);
  expect(all).not.toContain("<LazyImage");
});

test("an example of a page about an archetype runs in that page", async ({ page }) => {
  await page.setViewportSize(SMALL);
  const opened = await observe(page);
  await page.goto(`${site.url}archetypes/bar-chart.html`);
  await page.getByText("Edit and run this example").click();
  await expect(page.frameLocator("iframe").locator("#status")).toContainText("finished: 1 rows", PATIENCE);
  expect(opened.problems).toEqual([]);
});

test("the playground replays the page of a program beside the viewer, on one time", async ({ page }) => {
  await page.setViewportSize(SMALL);
  const opened = await observe(page);
  await page.goto(`${site.url}playground/index.html#example=pages/page-replay`);
  // The page of the program fills itself, in a frame that cannot reach the playground.
  const frame = page.locator("#page iframe");
  await expect(frame).toHaveAttribute("sandbox", "allow-scripts allow-forms", PATIENCE);
  await expect(page.frameLocator("#page iframe").locator("li").first()).toHaveText("Water the plants", PATIENCE);
  expect(await page.evaluate(() => document.querySelector<HTMLIFrameElement>("#page iframe")?.contentDocument)).toBe(
    null,
  );
  await expect(page.locator("#status")).toContainText("finished", PATIENCE);
  const tasks = (): Promise<string[]> =>
    page.evaluate(() => {
      const replayed = (document.querySelector("rerun-replay") as RerunReplayElement | null)?.page;
      return [...(replayed?.querySelectorAll("li") ?? [])].map(({ textContent }) => textContent);
    });
  const setTime = (part: number): Promise<void> =>
    page.locator("rerun-replay input").evaluate((slider, value) => {
      (slider as HTMLInputElement).valueAsNumber = value;
      slider.dispatchEvent(new Event("input"));
    }, part);
  await expect(page.locator("rerun-replay output")).toContainText(" / 0:", PATIENCE);
  await setTime(1);
  await expect.poll(tasks).toEqual(["Water the plants", "Feed the cat", "Call home"]);
  await setTime(0);
  await expect.poll(tasks).toEqual([]);
  // Another program has no page.
  await page.evaluate(() => (location.hash = "#example=archetypes/scalars"));
  await expect(page.locator("#page")).toBeHidden(PATIENCE);
  await expect(page.locator("#status")).toContainText("finished", PATIENCE);
  expect(opened.problems).toEqual([]);
});

test("every example of the playground runs and logs what the real rerun reads", async ({ page }) => {
  test.setTimeout(240_000);
  const opened = await observe(page);
  const folder = makeTemporaryFolder().path;
  await openPlayground(page, site.url, { hidesViewer: true });
  const names = await page
    .locator("#examples option")
    .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
  expect(names.length).toBeGreaterThan(66);
  const saved: string[] = [];
  for (const name of names) {
    const { status, messages, recording } = await runExample(page, name);
    expect(status, `${name}: ${messages}`).toMatch(/^finished/);
    expect(messages, name).toBe(MESSAGES[name] ?? "");
    const logged = readChunks(recording).filter(({ entityPath }) => entityPath !== "/__properties");
    expect(logged.length > 0, name).toBe(name !== "archetypes/recording-info");
    saved.push(join(folder, `${name.replaceAll("/", "-")}.rrd`));
    await writeFile(saved.at(-1) ?? "", recording);
  }
  const rerun = await requireRealRerun();
  expect(await rerun.run("rrd", "verify", ...saved)).toContain(`${names.length} files verified without error`);
  await removeTemporaryFolder(folder);
  expect(opened.problems).toEqual([]);
});

test("every example for browsers runs without other servers and logs what the real rerun reads", async ({
  browser,
}) => {
  test.setTimeout(360_000);
  const folder = makeTemporaryFolder().path;
  const saved: string[] = [];
  const waiting = [...PAGES];
  const shared = await browser.newContext();
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const options = pageContext(name);
      // The scripts and the viewer are compiled once for all pages that need no window of their own.
      const context = Object.keys(options).length === 0 ? shared : await browser.newContext(options);
      const page = await context.newPage();
      const opened = await observe(page);
      const file = join(folder, `${name}.rrd`);
      if (await useExample(page, name, file)) saved.push(file);
      expect(opened.problems, name).toEqual([]);
      await (context === shared ? page : context).close();
    }
  };
  await Promise.all([work(), work()]);
  await shared.close();
  // Catalog, inspect, mcap and offline save nothing, arm, pick, react and viewer have their own viewers, and
  // report-a-problem saves a page.
  expect(saved.length).toBe(PAGES.length - 9);
  const rerun = await requireRealRerun();
  expect(await rerun.run("rrd", "verify", ...saved)).toContain(`${saved.length} files verified without error`);
  await removeTemporaryFolder(folder);
});

test("an example for browsers sends to a server if its address has one", async ({ page }) => {
  const rerun = await requireRealRerun();
  const server = await RealServer.start(rerun.path);
  const url = encodeURIComponent(server.url);
  await page.goto(`${site.url}examples/web/offline/index.html`);
  await expect(page.locator("#site")).toContainText("This page needs a server: start rerun on this machine");
  for (const name of ["offline", "minimal"]) {
    await page.goto(`${site.url}examples/web/${name}/index.html?url=${url}`);
    await expect(page.locator("#site")).toContainText(`It sends to ${server.url}`);
    await expect(page.locator("#site-viewer")).toHaveCount(0);
    await expect(page.locator("#status")).toContainText(/open$/, PATIENCE);
  }
  await expect(page.locator("#status")).toContainText("grpc open", PATIENCE);
  await server.stop();
});

test("an example for browsers sends to another machine only when its user says so", async ({ page }) => {
  const opened = await observe(page);
  const url = encodeURIComponent("rerun+http://127.0.0.1.example.com:9876/proxy");
  await page.goto(`${site.url}examples/web/webcam/index.html?url=${url}`);
  await expect(page.locator("#site")).toContainText("This link sends what the page logs to rerun+http://127.0.0.1.exa");
  await expect(page.locator("#status")).toBeEmpty();
  expect(opened.problems).toEqual([]);
  await page.getByRole("button", { name: "Send it" }).click();
  await expect(page.locator("#status")).toContainText("rows logged");
  await expect.poll(() => opened.problems.join()).toContain("asks for http://127.0.0.1.example.com:9876/");
});

test("a program of one's own is shown in the viewer, completed and checked, and its errors have lines", async ({
  page,
}) => {
  test.setTimeout(120_000);
  await page.setViewportSize(SMALL);
  const opened = await observe(page);
  await openPlayground(page, site.url);
  const pixels = "const data = Uint8Array.from({ length: 120_000 }, (_, i) => (i % 3 === 1 ? 0 : 255));";
  await run(page, `${PROGRAM}${pixels}\nrec.log("image", new rr.Image({ data, width: 200, height: 200 }));`);
  await expect(statusOf(page)).toContainText("finished: 1 rows", PATIENCE);
  await expect.poll(() => shareOfColor(page, MAGENTA), PATIENCE).toBeGreaterThan(0.05);
  // It has nothing more to show.
  await page.addStyleTag({ content: "#viewer { display: none }" });

  await run(
    page,
    `${PROGRAM}interface Gone { readonly a: number }\n\nconst gone: Gone[] = [];\nconsole.log(gone[0].a);`,
  );
  await expect(statusOf(page)).toHaveText("failed");
  await expect(page.locator("#messages")).toContainText("line 6: TypeError");

  await run(page, `${PROGRAM}const = 3;`);
  await expect(page.locator("#messages")).toContainText("line 3:");
  await run(page, `import fs from "node:fs";\nfs.readFileSync("/etc/passwd");`);
  await expect(page.locator("#messages")).toContainText('not "node:fs"');

  await write(page, `${PROGRAM}rec.log("a", new rr.Points3D([[0, 0, 0]], { colour: "red" }));`);
  await expect(page.locator(".cm-lint-marker-error")).toHaveCount(1, PATIENCE);
  await write(page, `${PROGRAM}new rr.Points`);
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type("3");
  await expect(page.locator(".cm-tooltip-autocomplete")).toContainText("Points3D");
  expect(opened.problems).toEqual([]);
});

test("an endless program can be stopped, and one that logs without end is limited", async ({ page }) => {
  test.setTimeout(120_000);
  await observe(page);
  await openPlayground(page, site.url, { hidesViewer: true });
  await run(page, `${PROGRAM}console.log("started");\nfor (;;);`);
  await expect(page.locator("#messages")).toHaveText("started", PATIENCE);
  await page.locator("#stop").click();
  await expect(statusOf(page)).toHaveText("stopped");
  // The frame of a program with a document, too.
  await run(page, `import "@rerun-ts/replay";\nconsole.log("started");\nawait new Promise(() => {});`);
  await expect(page.locator("#messages")).toHaveText("started", PATIENCE);
  await page.locator("#stop").click();
  await expect(statusOf(page)).toHaveText("stopped");
  await expect(page.locator("#page iframe")).toHaveCount(0);
  await run(
    page,
    `${PROGRAM}const data = new Uint8Array(2 ** 20);\nfor (let at = 0; at < 2 ** 20; at += 2 ** 16) crypto.getRandomValues(data.subarray(at, at + 2 ** 16));\nfor (;;) rec.log("blob", new rr.Tensor({ data, shape: [2 ** 20] }));`,
  );
  await expect(page.locator("#messages")).toContainText("more than 64 MiB", PATIENCE);
  await page.locator("#stop").click();
  await run(page, `${PROGRAM}for (;;) console.log("again");`);
  await expect(page.locator("#messages")).toContainText("Further lines are not shown.", PATIENCE);
  await page.locator("#stop").click();
  await run(page, `${PROGRAM}rec.log("a", new rr.Scalars(1));`);
  await expect(statusOf(page)).toContainText("finished: 1 rows", PATIENCE);
});

test("a link with a program opens it and does not run it", async ({ page }) => {
  const opened = await observe(page);
  await openPlayground(page, site.url);
  const code = `${PROGRAM}// ünïcode \u{1f600} <img src=x onerror=alert(1)>\nconsole.log("it runs");`;
  await write(page, code);
  await page.locator("#share").click();
  await expect(page).toHaveURL(/#code=[\w-]+$/);
  const address = page.url();

  const reader = await page.context().newPage();
  await reader.goto("about:blank");
  await reader.goto(address);
  await expect(statusOf(reader)).toContainText("read it, then run it");
  await expect(reader.locator(".cm-content")).toContainText("ünïcode");
  expect(await reader.locator("#messages").textContent()).toBe("");
  await expect(reader.locator("#stop")).toBeDisabled();
  await reader.close();

  // 64 MiB of zeros, and data that is not a program at all.
  const bomb = deflateRawSync(Buffer.alloc(2 ** 26)).toString("base64url");
  for (const fragment of [`code=${bomb}`, "code=%%%", "code=AAAA", "example=../../x", "example=__proto__"]) {
    await page.goto(`${site.url}playground/index.html#${fragment}`);
    await page.reload();
    await expect(statusOf(page)).toContainText("cannot be opened");
  }
  expect(opened.problems).toEqual([]);
});

/** Uses an example for browsers. Returns whether it has written a recording to a file. */
async function useExample(page: Page, name: string, file: string): Promise<boolean> {
  if (name === SHOWN) await page.setViewportSize(SMALL);
  await page.goto(`${site.url}examples/web/${name}/index.html`);
  // Viewers without room have nothing to draw: in software that takes most of the time. The test looks at the viewer of
  // one example only.
  const hidden = await page.addStyleTag({
    content: "#site-viewer, #viewer, #app canvas, rerun-viewer { display: none }",
  });
  if (name === "offline") {
    await expect(page.locator("#site")).toContainText("This page needs a server");
    return false;
  }
  if (name === "catalog") {
    await expect(page.locator("#status")).toContainText("connect");
    return false;
  }
  if (name === "arm") {
    await expect(page.locator("#hand")).toContainText(/\d/);
    return false;
  }
  // The program runs.
  await expect(page.locator("#status")).not.toBeEmpty();
  if (WITH_USERS.has(name)) await performPage(page, name);
  else await untilLogged(page, 30);
  if (name === SHOWN) {
    await hidden.evaluate((style: HTMLStyleElement) => (style.textContent = "body > canvas { opacity: 0 }"));
    await expect.poll(() => shareOfColor(page, ORANGE), PATIENCE).toBeGreaterThan(0.0005);
  }
  const button = page.getByRole("button", { name: SAVE });
  if ((await button.count()) === 0) return false;
  // The rows of one thread may come after many of another.
  await expect(async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
    await download.saveAs(file);
    const found = countRows(readChunks(await readFile(file)));
    for (const [column, least] of Object.entries(ROWS[name] ?? {})) {
      // The examples without users are not used as long as in their own tests.
      expect(found.get(column) ?? 0, `${name}: ${column}`).toBeGreaterThanOrEqual(WITH_USERS.has(name) ? least : 1);
    }
  }).toPass(PATIENCE);
  return true;
}

/**
 * Returns the errors and the requests of a page since it was opened last. Requests to other servers fail: see
 * playwright.config.ts.
 */
async function observe(page: Page): Promise<{ readonly problems: string[]; readonly paths: Set<string> }> {
  const observed = { problems: [] as string[], paths: new Set<string>() };
  await silenceDebug(page);
  page.on("pageerror", ({ message }) => observed.problems.push(message));
  page.on("console", (message) => {
    // Browsers ask for it if a page names no icon.
    const isAboutIcon = message.location().url.endsWith("/favicon.ico");
    if (message.type() === "error" && !isAboutIcon) observed.problems.push(message.text());
  });
  // Intercepting requests would switch off the cache of the browser, and every page would compile its scripts again.
  page.context().on("request", (request) => {
    const url = new URL(request.url());
    if (!url.protocol.startsWith("http")) return;
    if (url.origin !== new URL(site.url).origin) observed.problems.push(`asks for ${url.href}`);
    observed.paths.add(pathOf(url));
  });
  // The page before may have asked for more until now.
  page.on("framenavigated", (frame) => {
    if (frame !== page.mainFrame()) return;
    observed.paths.clear();
    observed.paths.add(pathOf(new URL(frame.url())));
  });
  return observed;
}

/** The file of the site that an address leads to. */
function pathOf({ pathname }: URL): string {
  const path = pathname.slice(1);
  return path === "" || path.endsWith("/") ? `${path}index.html` : path;
}

function sizeOf(paths: Iterable<string>): number {
  return [...paths].reduce((sum, path) => sum + files.transferSize(path), 0);
}

function statusOf(page: Page): ReturnType<Page["locator"]> {
  return page.locator("#status");
}

/** Replaces the program in the editor. */
async function write(page: Page, code: string): Promise<void> {
  await page.locator(".cm-content").fill(code);
}

async function run(page: Page, code: string): Promise<void> {
  await write(page, code);
  await page.locator("#run").click();
}

/**
 * Waits for the pictures in view, of which a page knows in the frame after the first. Returns whether the page has the
 * parts that all pages of the guide have.
 */
function picturesInViewAreLoaded(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const isPending = (image: HTMLImageElement): boolean => image.src !== "" && !image.complete;
    await nextFrame();
    do await nextFrame();
    while ([...document.images].some(isPending));
    return document.querySelector("#app > .Layout") !== null;
  });
}
