import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { buildPages } from "@rerun-ts/test-support/examples/example-pages";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { BROWSER_NAMES, startBrowser } from "@rerun-ts/test-support/setup/browsers";
import { preview } from "vite";
import { beforeAll, describe, expect, onTestFinished } from "vitest";
import { lastRecordingOf } from "../e2e/opened-page.ts";
import { it } from "../processes/harness/test.ts";
import { needBrowser } from "./harness/runtime.ts";

const EXAMPLE = "examples/web/report-a-problem/index.html";
const FEATURE = "`recordPage` and `<rerun-replay>`";
const PATIENCE = { timeout: 90_000 };

// `npm test` has no time for them: vite.config.ts leaves this file out.
describe.for(BROWSER_NAMES)("the example that reports a problem in %s", (name) => {
  let address: string;

  beforeAll(async () => {
    const built = makeTemporaryFolder();
    await buildPages(built.path, ["report-a-problem"]);
    const server = await preview({
      configFile: false,
      logLevel: "error",
      build: { outDir: built.path },
      preview: { host: "127.0.0.1", port: 0 },
    });
    address = `${server.resolvedUrls?.local[0]}${EXAMPLE}`;
    return async () => {
      await server.close();
      await built.remove();
    };
  });

  it("saves the page, its requests and the pointer as one file, which replays the page", async ({
    folder,
    skip,
    task,
  }) => {
    needBrowser(name, { skip });
    const downloads = join(folder, "downloads");
    await mkdir(downloads, { recursive: true });
    const profile = makeTemporaryFolder();
    onTestFinished(profile.remove);
    const browser = await startBrowser(name, { profile: profile.path, downloads });
    onTestFinished(browser.close);
    task.meta.shows = { runtime: name, version: browser.version, features: [FEATURE] };
    await browser.open(address);
    const ask = (expression: string): Promise<unknown> => browser.call(`() => ${expression}`);
    const heading = 'document.querySelector("h1").textContent';
    await expect.poll(() => ask('document.querySelector("#status").textContent'), PATIENCE).toMatch(/[1-9]\d* rows/);
    // What the replay must show, and a request with a method.
    await ask(`void (${heading.replace(".textContent", "")}.append(" now"))`);
    await ask('fetch("no-such-page?secret=1", { method: "POST" }).then(() => true)');
    const click = async (id: string): Promise<void> => {
      const place = `document.querySelector("#${id}").getBoundingClientRect()`;
      const { left, top } = (await ask(place)) as { left: number; top: number };
      await browser.clickAt(left + 10, top + 10);
    };
    await click("break");
    await new Promise((resolve) => setTimeout(resolve, 500));
    await click("report");
    const output = 'document.querySelector("output").textContent';
    await expect.poll(() => ask(output), PATIENCE).toContain("Saved problem.html");
    await expect.poll(() => readdir(downloads), PATIENCE).toEqual(["problem.html"]);
    const path = join(downloads, "problem.html");
    // WebKit writes the file piece by piece.
    await expect.poll(async () => (await readFile(path, "utf8")).trimEnd().slice(-7), PATIENCE).toBe("</html>");
    const saved = await readFile(path, "utf8");
    expect(saved.length).toBeGreaterThan(10_000_000);

    const rrd = lastRecordingOf(saved);
    expect(valuesOf(rrd, "/page/snapshots", "PageReplay:event").length).toBeGreaterThan(0);
    const requests = valuesOf(rrd, "/network", "TextLog:text").flat().join("\n");
    expect(requests).toMatch(/^fetch POST http:\S+\/no-such-page: /m);
    expect(requests).not.toContain("secret");
    expect(valuesOf(rrd, "/pointer/events", "TextLog:text").flat().join("\n")).toContain("pointerdown mouse");

    await browser.open(pathToFileURL(path).href);
    const replayed = `document.querySelector("rerun-replay")?.page?.querySelector("h1")?.textContent ?? ""`;
    await expect.poll(() => ask(replayed), PATIENCE).toBe("Report a problem now");
    // To the beginning and back: nothing of the page but its replay moves.
    const show = (part: number): Promise<unknown> =>
      ask(`{
        const slider = document.querySelector("rerun-replay").shadowRoot.querySelector("input");
        slider.valueAsNumber = ${part};
        slider.dispatchEvent(new Event("input"));
      }`);
    await show(0);
    await expect.poll(() => ask(replayed), PATIENCE).toBe("Report a problem");
    await show(1);
    await expect.poll(() => ask(replayed), PATIENCE).toBe("Report a problem now");
  });
});
