import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import * as rr from "@rerun-ts/node";
import { htmlReplay } from "@rerun-ts/replay/html";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { ensureWebViewer } from "@rerun-ts/test-support/setup/web-viewer";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { openFile, TIMEOUT } from "./opened-page.ts";
import type { ReplayPageApi } from "./pages/replay.ts";
import { serveOwnPages, type PageServer } from "./serve.ts";

declare const api: ReplayPageApi;

test.use({ viewport: { width: 1200, height: 700 } });
let pages: PageServer;
let folder: string;
/** A visit of a shop, in base64, and the times at which the number of its items changed. */
let visit: { rrd: string; times: number[] };

test.beforeAll(async ({ browser }) => {
  folder = makeTemporaryFolder().path;
  pages = await serveOwnPages(["tests/e2e/pages/replay.html", "tests/e2e/pages/replay-viewer.html"]);
  const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
  visit = await recordVisit(page);
  await page.close();
});
test.afterAll(async () => {
  await pages.close();
  await removeTemporaryFolder(folder);
});

async function recordVisit(page: Page): Promise<{ rrd: string; times: number[] }> {
  await page.goto(`${pages.url}tests/e2e/pages/replay.html`);
  await page.evaluate(() => {
    const root = document.querySelector("#root") as HTMLElement;
    root.innerHTML = `<style>body { font: 20px system-ui; margin: 24px; background: #f4f7fb } button, input { font: inherit; padding: 6px 12px; margin: 4px 0 }
      li { color: #123 } .total { font-weight: 700; font-size: 28px } .bad { color: #b3261e }</style>
      <h1>Cart</h1><label>Name <input id="name"></label> <label>Password <input type="password" id="password"></label>
      <ul class="cart"></ul><p class="total">0 items</p><button>Add an item</button><p class="bad" hidden>The server did not answer.</p>`;
    let items = 0;
    root.querySelector("button")?.addEventListener("click", () => {
      items++;
      root
        .querySelector(".cart")
        ?.append(Object.assign(document.createElement("li"), { textContent: `item ${items}` }));
      (root.querySelector(".total") as HTMLElement).textContent = `${items} items`;
      console.info("added item %d", items);
      if (items === 5) console.error("the server did not answer");
      (root.querySelector(".bad") as HTMLElement).hidden = items < 5;
    });
    api.startAll({ checkoutSeconds: 1 });
  });
  await page.locator("#name").click();
  await page.keyboard.type("Ada", { delay: 30 });
  await page.locator("#password").click();
  await page.keyboard.type("secret", { delay: 30 });
  const times: number[] = [];
  for (let item = 0; item < 5; item++) {
    await page.waitForTimeout(300);
    await page.locator("button").click();
    times.push(await page.evaluate(() => Date.now()));
  }
  await page.waitForTimeout(300);
  return { times, rrd: await page.evaluate(() => (api.stop(), api.bytes())) };
}

/** The path of the recording, with a layout of its own. */
async function saveVisit(): Promise<string> {
  const path = join(folder, "visit.rrd");
  await writeFile(path, Buffer.from(visit.rrd, "base64"));
  return path;
}

const totalOf = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      (document.querySelector("rerun-replay") as unknown as { page?: Document } | null)?.page?.querySelector(".total")
        ?.textContent ?? "",
  );

test("the viewer and the page have one time", async ({ page }) => {
  await silenceDebug(page);
  await page.goto(`${pages.url}tests/e2e/pages/replay-viewer.html`);
  await page.evaluate((rrd) => {
    const bytes = Uint8Array.from(atob(rrd), (character) => character.charCodeAt(0));
    Object.assign(document.querySelector("rerun-viewer") as object, { source: bytes, playing: false });
    Object.assign(document.querySelector("rerun-replay") as object, { source: bytes });
  }, visit.rrd);
  await expect.poll(() => totalOf(page), TIMEOUT).not.toBe("");
  const viewerTime = (): Promise<number> =>
    page.evaluate(async () => {
      const viewer = document.querySelector("rerun-viewer") as unknown as {
        control: Promise<{ state(): Promise<{ recordings: { time: bigint }[] }> }>;
      };
      const { recordings } = await (await viewer.control).state();
      return Number(recordings[0]?.time ?? 0n) / 1e6;
    });
  // The viewer leads.
  const set = (name: string, ms: number): Promise<void> =>
    page.evaluate(
      ({ name: element, ms: time }) =>
        void Object.assign(document.querySelector(element) as object, {
          timeline: "log_time",
          time: BigInt(time) * 1_000_000n,
        }),
      { name, ms },
    );
  for (const index of [3, 0, 4, 1]) {
    await set("rerun-viewer", (visit.times[index] ?? 0) + 50);
    await expect.poll(() => totalOf(page), TIMEOUT).toBe(`${index + 1} items`);
  }
  // The page leads.
  for (const index of [4, 2]) {
    await set("rerun-replay", (visit.times[index] ?? 0) + 50);
    await expect.poll(() => totalOf(page), TIMEOUT).toBe(`${index + 1} items`);
    await expect.poll(viewerTime, TIMEOUT).toBeCloseTo((visit.times[index] ?? 0) + 50, -1);
  }
  if (process.env["RERUN_TS_PICTURES"] !== undefined) {
    await set("rerun-replay", (visit.times[4] ?? 0) + 50);
    await page.waitForTimeout(2500);
    await page.screenshot({ path: join(process.env["RERUN_TS_PICTURES"], "replay-viewer.png") });
  }
});

test("a player that comes later shows the time of a viewer that stands still", async ({ page }) => {
  await silenceDebug(page);
  await page.goto(`${pages.url}tests/e2e/pages/replay-viewer.html`);
  const at = BigInt((visit.times[3] ?? 0) + 50) * 1_000_000n;
  await page.evaluate(
    async ({ rrd, time }) => {
      document.querySelector("rerun-replay")?.remove();
      const source = Uint8Array.from(atob(rrd), (character) => character.charCodeAt(0));
      const viewer = document.querySelector("rerun-viewer") as HTMLElement;
      const shown = new Promise<void>((resolve) =>
        viewer.addEventListener("time", (event) => {
          if ((event as CustomEvent<{ time: number }>).detail.time === Number(time)) resolve();
        }),
      );
      Object.assign(viewer, { source, timeline: "log_time", time: BigInt(time), playing: false });
      await shown;
      const replay = document.createElement("rerun-replay");
      Object.assign(replay, { source });
      replay.setAttribute("for", "v");
      document.body.append(replay);
    },
    { rrd: visit.rrd, time: String(at) },
  );
  await expect.poll(() => totalOf(page), TIMEOUT).toBe("4 items");
});

test("a replay without a page says what is wrong, and begins when that is mended", async ({ page }) => {
  await silenceDebug(page);
  await page.goto(`${pages.url}tests/e2e/pages/replay-viewer.html`);
  const failure = (change: "for" | "entity" | "recording" | "nothing"): Promise<string> =>
    page.evaluate(
      async ({ change: changed, rrd }) => {
        const replay = document.querySelector("rerun-replay") as HTMLElement & { source: unknown };
        const ended = new Promise<string>((resolve) => {
          replay.addEventListener("ready", () => resolve("ready"), { once: true });
          replay.addEventListener(
            "failure",
            (event) =>
              resolve(
                `${(event as CustomEvent<Error>).detail.message} | ${replay.shadowRoot?.querySelector("p")?.textContent}`,
              ),
            { once: true },
          );
        });
        if (changed === "for") replay.setAttribute("for", "nope");
        if (changed === "recording") {
          // The viewer of the element would start: this stands for one with a live recording.
          const viewer = Object.assign(document.createElement("div"), { id: "live", recording: {} });
          document.body.append(viewer);
          replay.setAttribute("for", "live");
        }
        if (changed === "entity") {
          replay.setAttribute("entity", "/pgae");
          replay.source = Uint8Array.from(atob(rrd), (character) => character.charCodeAt(0));
        }
        if (changed === "nothing") replay.setAttribute("entity", "page");
        return ended;
      },
      { change, rrd: visit.rrd },
    );
  const shown = (message: string): string => `${message} | The page cannot be shown: ${message}`;
  expect(await failure("for")).toBe(
    shown('`for` must be the id of a `<rerun-viewer>` in the same document, got "nope"'),
  );
  expect(await failure("recording")).toContain("set `source` to a `MemorySink` of the recording");
  expect(await failure("entity")).toBe(shown('the entity must be one with a page: /page, got "/pgae"'));
  expect(await failure("nothing")).toBe("ready");
  // What plays ends with its page.
  const playing = page.locator("rerun-replay").getByRole("button");
  await playing.click();
  await expect(playing).toHaveAccessibleName("Pause");
  await failure("entity");
  await expect(playing).toHaveAccessibleName("Play");
});

test("one HTML file has the viewer and the page, which follows its time", async ({ page }) => {
  const path = join(folder, "visit.html");
  const made = await rr.viewer.recordingToHtml(await saveVisit(), {
    viewerFiles: await ensureWebViewer(),
    at: { timeline: "log_time", at: BigInt((visit.times[2] ?? 0) + 50) * 1_000_000n },
    replay: htmlReplay("/page"),
    theme: "light",
  });
  await writeFile(path, made.stream());
  const requests = await openFile(page, path);
  await expect.poll(() => totalOf(page), TIMEOUT).toBe("3 items");
  expect(requests.filter((url) => url.startsWith("http"))).toEqual([]);
  await page.evaluate(
    async (ms) => {
      const { viewer } = globalThis as unknown as {
        viewer: {
          get_state(): Promise<{ recordings: { store_id: string }[] }>;
          set_time(options: object): Promise<void>;
        };
      };
      const { recordings } = await viewer.get_state();
      await viewer.set_time({
        recording: recordings[0]?.store_id,
        timeline: "log_time",
        sequence: BigInt(ms) * 1_000_000n,
        play_state: "paused",
      });
    },
    (visit.times[4] ?? 0) + 50,
  );
  await expect.poll(() => totalOf(page), TIMEOUT).toBe("5 items");
  if (process.env["RERUN_TS_PICTURES"] !== undefined) {
    await page.waitForTimeout(2500);
    await page.screenshot({ path: join(process.env["RERUN_TS_PICTURES"], "replay-html.png") });
  }
});
