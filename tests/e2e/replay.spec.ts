import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { openRrd, plainRows } from "@rerun-ts/reading";
import { root as project } from "@rerun-ts/test-support/node/environment";
import type { ReplayPageApi } from "./pages/replay.ts";
import { CHANGES, DESCRIBE, recordMoments } from "./replay-pages.ts";
import { serveOwnPages, type PageServer } from "./serve.ts";

declare const api: ReplayPageApi;

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const FONT = "node_modules/vitepress/dist/client/theme-default/fonts/inter-roman-greek-ext.woff2";
let pages: PageServer;
test.beforeAll(async () => {
  pages = await serveOwnPages(
    ["replay", "replay-frame", "replay-player"].map((name) => `tests/e2e/pages/${name}.html`),
  );
});
test.afterAll(() => pages.close());

const RECORDER = (): string => `${pages.url}tests/e2e/pages/replay.html`;
const PLAYER = (): string => `${pages.url}tests/e2e/pages/replay-player.html`;

/** Opens the player with a recording, in base64. */
async function play(page: Page, rrd: string, address = PLAYER()): Promise<void> {
  await page.goto(address);
  await page.evaluate(async (text) => {
    const element = document.querySelector("rerun-replay") as HTMLElement & { source: unknown };
    const ready = new Promise((resolve, reject) => {
      element.addEventListener("ready", resolve);
      element.addEventListener("failure", (event) => reject((event as CustomEvent<unknown>).detail));
    });
    element.source = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    await ready;
  }, rrd);
}

/** The documents that the player shows at times, in milliseconds since 1970. */
function domsAt(page: Page, times: readonly number[]): Promise<string[]> {
  return page.evaluate(
    async ({ times: wanted, describe: source }) => {
      // oxlint-disable-next-line no-eval
      const describe = (0, eval)(source) as (node: Node) => string;
      const element = document.querySelector("rerun-replay") as unknown as {
        setTime(time: bigint): Promise<void>;
        readonly page: Document;
      };
      const doms: string[] = [];
      for (const time of wanted) {
        await element.setTime(BigInt(time) * 1_000_000n + 900_000n);
        doms.push(describe(element.page));
      }
      return doms;
    },
    { times, describe: DESCRIBE },
  );
}

for (const [name, changes] of Object.entries(CHANGES))
  test(`the replay of a page equals the page at 100 times: ${name}`, async ({ browser }) => {
    const seed = Math.ceil(Math.random() * 1e9);
    const page = await browser.newPage();
    const { moments, rrd } = await recordMoments(page, RECORDER(), changes, 100, seed);
    await play(page, rrd);
    // Forth, back, and at random.
    const orders = [moments, moments.toReversed(), moments.toSorted(() => Math.random() - 0.5)];
    for (const order of orders) {
      const doms = await domsAt(
        page,
        order.map(({ time }) => time),
      );
      for (const [index, moment] of order.entries())
        expect(doms[index], `seed ${seed}, moment ${moments.indexOf(moment)}, order ${orders.indexOf(order)}`).toBe(
          moment.dom,
        );
    }
    await page.close();
  });

test("a frame has its contents right after a later snapshot, too", async ({ page }) => {
  await page.goto(RECORDER());
  const rrd = await page.evaluate(async () => {
    const root = document.querySelector("#root") as HTMLElement;
    root.innerHTML = '<iframe srcdoc="<p>framed</p>"></iframe>';
    await new Promise((resolve) => setTimeout(resolve, 300));
    api.start({});
    await new Promise((resolve) => setTimeout(resolve, 1000));
    api.snapshot();
    await new Promise((resolve) => setTimeout(resolve, 300));
    api.stop();
    return api.bytes();
  });
  const reader = (await openRrd(Uint8Array.from(Buffer.from(rrd, "base64")))).recording();
  const rows = plainRows(await reader.query({ index: "log_time", contents: "/page/snapshots" }).toTable());
  const times = [...rows].map((row) => (row["log_time"] as bigint).toString());
  expect(times).toHaveLength(2);
  await play(page, rrd);
  const framed = await page.evaluate(async (time) => {
    const element = document.querySelector("rerun-replay") as unknown as {
      setTime(time: bigint): Promise<void>;
      readonly page: Document;
    };
    // From later on, so that the page is built again.
    await element.setTime(BigInt(time) + 1_000_000_000n);
    await element.setTime(BigInt(time));
    return element.page.querySelector("iframe")?.contentDocument?.body.textContent;
  }, times[1] ?? "");
  expect(framed).toBe("framed");
});

test("pages with the policy of the documentation are recorded and replayed with styles, images and fonts", async ({
  page,
}) => {
  const documented = await readFile(join(project, "docs/page-replay.md"), "utf8");
  const [policy = ""] = /style-src [^`]*/.exec(documented) ?? [];
  const [connections = ""] = /connect-src [^`]*/.exec(documented) ?? [];
  const address = await pages.serveWith({
    "content-security-policy": `default-src 'none'; script-src 'self'; ${connections}; ${policy}`,
  });
  const problems: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && problems.push(message.text())));
  await page.route("**/image.png*", (route) => route.fulfill({ body: PNG, contentType: "image/png" }));
  const font = await readFile(join(project, FONT));
  await page.route("**/font.woff2*", (route) => route.fulfill({ body: font, contentType: "font/woff2" }));
  await page.goto(`${address}tests/e2e/pages/replay.html`);
  const rrd = await page.evaluate(
    async (data) => {
      const place = document.querySelector("#root") as HTMLElement;
      place.innerHTML =
        `<p style="color: rgb(1, 2, 3); background: url(/image.png?v=2)">styled</p>` +
        `<style>@font-face { font-family: own; src: url(font.woff2?v=4) } b { background: url("image.png?v=3"); font-family: own }</style><b>text</b><img src="${data}"><img src="/image.png?v=1">`;
      api.start({});
      await new Promise((resolve) => setTimeout(resolve, 500));
      api.stop();
      return api.bytes();
    },
    `data:image/png;base64,${PNG.toString("base64")}`,
  );
  // The policy refuses the images and the font of the page's own origin, which the recorder loads by requests.
  expect(problems.splice(0)).toHaveLength(4);
  await play(page, rrd, `${address}tests/e2e/pages/replay-player.html`);
  const shown = await page.evaluate(async () => {
    const element = document.querySelector("rerun-replay") as unknown as {
      setTime(time: bigint): Promise<void>;
      readonly page: Document;
    };
    await element.setTime(BigInt(Date.now()) * 1_000_000n);
    const images = [...element.page.querySelectorAll("img")];
    await Promise.all(images.map((image) => image.decode().catch(() => {})));
    const text = element.page.querySelector("#root p");
    const backgrounds = [text, element.page.querySelector("#root b")].map(
      (one) => one && getComputedStyle(one).backgroundImage.slice(0, 10),
    );
    const widths = images.map(({ naturalWidth }) => naturalWidth);
    const fonts = await Promise.all([...element.page.fonts].map((face) => face.load().then(({ status }) => status)));
    return { color: text && getComputedStyle(text).color, backgrounds, widths, fonts };
  });
  expect(shown).toEqual({
    color: "rgb(1, 2, 3)",
    backgrounds: ['url("blob:', 'url("blob:'],
    widths: [1, 1],
    fonts: ["loaded"],
  });
  expect(problems).toEqual([]);
});

test("a page has one recorder at a time, which stops once, and with its recording", async ({ page }) => {
  await page.goto(RECORDER());
  const seen = await page.evaluate(async () => {
    const messages: string[] = [];
    const attempt = (call: () => unknown): void => {
      try {
        call();
        messages.push("done");
      } catch (error) {
        messages.push((error as Error).message);
      }
    };
    attempt(() => api.start({}));
    attempt(() => api.recordPage(api.rec, "other"));
    api.stop();
    api.stop();
    api.snapshot();
    attempt(() => api.start({ mask: "some" as never }));
    attempt(() => api.start({ checkoutSeconds: 0 }));
    attempt(() => api.start({ blockSelector: "<" }));
    attempt(() => api.start({ maks: "all" } as never));
    attempt(() => api.recordPage(api.rec, "/"));
    attempt(() => api.start({}));
    await api.rec.close();
    document.body.append("after the end");
    await new Promise((resolve) => setTimeout(resolve, 100));
    attempt(() => api.start({}));
    return messages;
  });
  expect(seen).toEqual([
    "done",
    "the page is being recorded already: call `stop` of that recording first",
    '`mask` must be "all", "inputs" or "none", got "some"',
    "`checkoutSeconds` must be a number from 1 to 2000000, got 0",
    '`blockSelector` must be a CSS selector, got "<"',
    expect.stringContaining("`maks` is not an option of `recordPage`"),
    '`path` must be an entity path below the root, got "/"',
    "done",
    "done",
  ]);
});

test("a canvas is replayed as a placeholder, also when its size changes, within a limit", async ({ page }) => {
  await page.goto(RECORDER());
  const rrd = await page.evaluate(async () => {
    const root = document.querySelector("#root") as HTMLElement;
    root.innerHTML = "<canvas width=200 height=100></canvas><canvas width=5000 height=4000></canvas><x-host></x-host>";
    const [canvas] = root.querySelectorAll("canvas");
    const context = canvas?.getContext("2d");
    (context as CanvasRenderingContext2D).fillStyle = "magenta";
    context?.fillRect(0, 0, 200, 100);
    api.start({});
    await new Promise((resolve) => setTimeout(resolve, 200));
    (canvas as HTMLCanvasElement).width = 300;
    const host = document.querySelector("x-host") as HTMLElement;
    host.attachShadow({ mode: "open" }).innerHTML = "<canvas width=50 height=50></canvas>";
    await new Promise((resolve) => setTimeout(resolve, 200));
    api.stop();
    return api.bytes();
  });
  await play(page, rrd);
  /** The size of each canvas, and whether it has a placeholder: pixels of several colours, none of the page's own. */
  const canvases = (isEnd: boolean): Promise<string[]> =>
    page.evaluate(async (end) => {
      const element = document.querySelector("rerun-replay") as unknown as {
        setTime(time: bigint): Promise<void>;
        readonly page: Document;
      };
      await element.setTime(end ? BigInt(Date.now()) * 1_000_000n : 0n);
      const inner = element.page.querySelector("x-host")?.shadowRoot?.querySelectorAll("canvas") ?? [];
      return [...element.page.querySelectorAll("canvas"), ...inner].map((canvas) => {
        const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(0, 0, 50, 50);
        const colors = new Set(new Uint32Array(data.buffer));
        const isMarked = colors.size > 1 && !colors.has(0) && !colors.has(0xff_ff_00_ff);
        return `${canvas.width}x${canvas.height} ${isMarked}`;
      });
    }, isEnd);
  expect(await canvases(false)).toEqual(["200x100 true", "5000x4000 false"]);
  expect(await canvases(true)).toEqual(["300x100 true", "5000x4000 false", "50x50 true"]);
});
