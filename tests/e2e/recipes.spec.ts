// The recipes of docs/recipes.md for pages.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "@playwright/test";
import { programOf, writeInRepository } from "@rerun-ts/test-support/examples/recipe";
import { root } from "@rerun-ts/test-support/node/environment";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import vue from "@vitejs/plugin-vue";
import { compile } from "svelte/compiler";
import type { Plugin } from "vite";
import { requireRealRerun } from "./rerun.ts";
import { serveOwnPages, type PageServer } from "./serve.ts";

const HTML = `<!doctype html><div id="app"></div><script type="module" src="./main.ts"></script>`;
/** A page whose recording is in memory. */
const PAGE = `
import * as rr from "@rerun-ts/web";
const rec = new rr.RecordingStream("page");
globalThis.recorded = new rr.MemorySink();
await rec.setSinks([globalThis.recorded]);
document.querySelector("#app").append(Object.assign(document.createElement("button"), {
  textContent: "Log",
  onclick: () => rec.log("clicks", new rr.Scalars(1)),
}));`;
/** The viewers that a component starts, and the times that they show. */
const WATCH_VIEWERS = `
import { WebViewer } from "@rerun-io/web-viewer";
const { start } = WebViewer.prototype;
globalThis.viewers = [];
WebViewer.prototype.start = function (...args) {
  viewers.push(this);
  return start.apply(this, args);
};
globalThis.rangeOfViewer = () => {
  const [viewer] = viewers;
  const id = viewer?.ready ? viewer.get_active_recording_id() : null;
  return id === null ? null : viewer.get_time_range(id, "log_time");
};`;
/** The components of two libraries, which the test unmounts. */
const COMPONENTS = {
  Vue: {
    language: "vue",
    page: `${WATCH_VIEWERS}
import { createApp } from "vue";
import Counter from "./Counter.vue";
const app = createApp(Counter);
app.mount("#app");
globalThis.unmountCounter = () => app.unmount();`,
    plugin: () => vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === "rerun-viewer" } } }),
  },
  Svelte: {
    language: "svelte",
    page: `${WATCH_VIEWERS}
import { mount, unmount } from "svelte";
import Counter from "./Counter.svelte";
const app = mount(Counter, { target: document.querySelector("#app") });
globalThis.unmountCounter = () => unmount(app);`,
    plugin: compileSvelte,
  },
} as const;
const CONFIG = `
import { defineConfig } from "@playwright/test";
import { chromiumLaunchOptions } from "../../../packages/test-support/src/setup/chromium.ts";
export default defineConfig({
  testMatch: "*.test.ts",
  reporter: "json",
  use: { headless: true, launchOptions: chromiumLaunchOptions() },
});`;
const TESTS = `
import { expect } from "@playwright/test";
import { test } from "./recording.ts";
for (const wanted of ["Log", "Send"])
  test(wanted, async ({ page }) => {
    await page.goto(process.env["PAGE"]);
    for (let click = 0; click < 3; click++) await page.getByRole("button").click();
    expect(await page.getByRole("button").textContent()).toBe(wanted);
  });`;

interface TimeRange {
  readonly min: number;
  readonly max: number;
}
interface Report {
  readonly suites: readonly {
    readonly specs: readonly {
      readonly title: string;
      readonly tests: readonly { readonly results: readonly [Result] }[];
    }[];
  }[];
}
interface Result {
  readonly status: string;
  readonly attachments: readonly { readonly name: string; readonly body?: string; readonly path?: string }[];
}

let server: PageServer;

test.beforeAll("all pages are built together", async () => {
  await writeInRepository("playwright/page/main.ts", PAGE);
  await writeInRepository("playwright/page/index.html", HTML);
  for (const [title, { language, page }] of Object.entries(COMPONENTS)) {
    await writeInRepository(`${language}/Counter.${language}`, await programOf("recipes.md", title, language));
    await writeInRepository(`${language}/main.ts`, page);
    await writeInRepository(`${language}/index.html`, HTML);
  }
  const folders = ["playwright/page", ...Object.values(COMPONENTS).map(({ language }) => language)];
  const plugins = Object.values(COMPONENTS).map(({ plugin }) => plugin());
  server = await serveOwnPages(folders.map(builtPage), { environment: "development", plugins });
});
test.afterAll(() => server?.close());

test("Playwright: only tests that fail have the recording of their page", async () => {
  const folder = "playwright";
  const recording = await programOf("recipes.md", "A recording of the page of a failed test");
  await writeInRepository(`${folder}/recording.ts`, recording);
  await writeInRepository(`${folder}/clicks.test.ts`, TESTS);
  const config = await writeInRepository(`${folder}/playwright.config.ts`, CONFIG);
  const cli = join(root, "node_modules/@playwright/test/cli.js");
  // Its own folder, because Playwright empties it. The default is that of all results of tests here.
  const outputs = ["--output", join(dirname(config), "results")];
  const inner = spawn(process.execPath, [cli, "test", "--config", config, ...outputs], {
    cwd: dirname(config),
    env: { ...ownEnvironment(), PAGE: server.url + builtPage("playwright/page") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output] = await Promise.all([text(inner.stdout), once(inner, "exit")]);
  const results = (JSON.parse(output) as Report).suites
    .flatMap(({ specs }) => specs)
    .map(({ title, tests }) => ({ title, ...(tests[0]?.results[0] as Result) }));
  const recordings = results.map(({ title, status, attachments }) => [
    title,
    status,
    attachments.map(({ name }) => name).filter((name) => name.endsWith(".rrd")),
  ]);
  expect(recordings).toEqual([
    ["Log", "passed", []],
    ["Send", "failed", ["page.rrd"]],
  ]);
  const rerun = await requireRealRerun();
  const [attachment] = results[1]?.attachments ?? [];
  const path = test.info().outputPath("page.rrd");
  const { body, path: stored } = attachment ?? {};
  await writeFile(path, body === undefined ? await readFile(stored ?? "") : Buffer.from(body, "base64"));
  expect(await rerun.run("rrd", "verify", path)).toContain("1 file verified without error");
  // How many chunks they are in depends on when the page was clicked.
  const chunks = (await rerun.run("rrd", "print", "-v", path)).matchAll(/with (\d+) rows .* - \/clicks /g);
  expect([...chunks].reduce((rows, [, count]) => rows + Number(count), 0)).toBe(3);
});

for (const [title, { language }] of Object.entries(COMPONENTS)) {
  test(`${title}: a component shows what it logs, and stops its viewer when it is unmounted`, async ({ page }) => {
    test.setTimeout(120_000);
    await silenceDebug(page);
    await page.goto(server.url + builtPage(language));
    await page.getByRole("button").click();
    const range = (): Promise<TimeRange | null> => page.evaluate("rangeOfViewer()");
    await expect.poll(range, { timeout: 45_000 }).not.toBeNull();
    const { max = 0 } = (await range()) ?? {};
    await page.getByRole("button").click();
    await expect.poll(async () => (await range())?.max, { timeout: 45_000 }).toBeGreaterThan(max);
    await page.evaluate(() => {
      const detail = { items: [1, 2, 3] };
      document.querySelector("rerun-viewer")?.dispatchEvent(new CustomEvent("selection", { detail }));
    });
    await expect(page.getByText("3 things are selected")).toBeVisible();
    await page.evaluate("unmountCounter()");
    await expect.poll(range).toBeNull();
    expect(await page.evaluate("[viewers.length, document.querySelectorAll('canvas').length]")).toEqual([1, 0]);
  });
}

/** The path of a page in the repository, which the server has, too. */
function builtPage(folder: string): string {
  return `.cache/recipes/${folder}/index.html`;
}

/** Compiles components of Svelte. */
function compileSvelte(): Plugin {
  return {
    name: "svelte",
    transform: (code, id) =>
      id.endsWith(".svelte") ? compile(code, { filename: id, generate: "client", dev: false }).js.code : undefined,
  };
}

/** The environment without the settings of the Playwright that runs this test, such as where its report goes. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PLAYWRIGHT_")));
}
