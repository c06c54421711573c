import { expect, test, type Page } from "@playwright/test";
import { serve } from "@rerun-ts/node";
import { openRrd, plainRows } from "@rerun-ts/reading";
import type { ReplayPageApi } from "./pages/replay.ts";
import { readChunksFrom } from "./read-server.ts";
import { serveOwnPages, type PageServer } from "./serve.ts";

declare const api: ReplayPageApi;

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
let pages: PageServer;
test.beforeAll(async () => {
  pages = await serveOwnPages(["tests/e2e/pages/replay.html"]);
});
test.afterAll(() => pages.close());

test("images of the page's own origin are stored once, up to the limit", async ({ page }) => {
  await page.route(/\/(?:first|second)\.png|other\.test/, (route) =>
    route.fulfill({ body: PNG, contentType: "image/png" }),
  );
  await page.goto(`${pages.url}tests/e2e/pages/replay.html`);
  const rrd = await page.evaluate(async (maxAssetBytes) => {
    const root = document.querySelector("#root") as HTMLElement;
    const images = (): string =>
      ["/first.png", "/first.png", "http://other.test/third.png"].map((src) => `<img src="${src}">`).join("");
    root.innerHTML = images();
    api.start({ maxAssetBytes });
    root.insertAdjacentHTML("beforeend", images());
    api.snapshot();
    await new Promise((resolve) => setTimeout(resolve, 500));
    root.insertAdjacentHTML("beforeend", '<img src="/second.png">');
    await new Promise((resolve) => setTimeout(resolve, 500));
    api.stop();
    return api.bytes();
  }, PNG.byteLength);
  const reader = (await openRrd(Uint8Array.from(Buffer.from(rrd, "base64")))).recording();
  const assets = reader.schema().entityPaths.filter((path) => path.startsWith("/page/assets/"));
  expect(assets).toEqual(["/page/assets/0"]);
  const [row] = plainRows(await reader.query({ index: null, contents: "/page/assets/0" }).toTable());
  expect(row?.["/page/assets/0:PageAsset:url"]).toEqual([`${pages.url}first.png`]);
  expect(row?.["/page/assets/0:PageAsset:bytes"]).toEqual([new Uint8Array(PNG)]);
});

/** Records the page, whose last change comes while it is unloaded. */
function startRecording(page: Page): Promise<void> {
  return page.evaluate(async () => {
    // The change is seen by the recorder before any other listener is called.
    addEventListener("pagehide", () => document.querySelector("#root")?.append("the last words"), { capture: true });
    api.start({});
    await new Promise((resolve) => setTimeout(resolve, 300));
    await api.rec.flush();
  });
}

const ENDS: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  left: (page) => page.goto("about:blank"),
  closed: (page) => page.close({ runBeforeUnload: true }),
};

for (const transport of ["gRPC-web", "a WebSocket"])
  for (const [name, end] of Object.entries(ENDS))
    test(`the last changes before a page is ${name} arrive at a relay over ${transport}`, async ({ context }) => {
      const relay = await serve.serveGrpcRelay({ port: 0, corsAllowOrigin: new URL(pages.url).origin });
      try {
        const page = await context.newPage();
        await page.goto(`${pages.url}tests/e2e/pages/replay.html`);
        await page.evaluate(
          async ({ url, isSocket }) => {
            if (isSocket) await api.rec.connectWebSocket(url, { waitForConnection: true });
            else await api.rec.connectGrpc(url, { waitForConnection: true });
          },
          { url: relay.url, isSocket: transport === "a WebSocket" },
        );
        await startRecording(page);
        await end(page);
        const texts = async (): Promise<string> => {
          const messages = await readChunksFrom(relay.url, 4);
          return messages
            .map((message) => (message.kind === "chunk" ? Buffer.from(message.readArrow()).toString("latin1") : ""))
            .join("");
        };
        await expect.poll(texts).toContain("the last words");
      } finally {
        await relay.close();
      }
    });

for (const [name, end] of Object.entries(ENDS))
  test(`a page that is ${name} keeps its recording in the browser, and replays it`, async ({ context }) => {
    const address = `${pages.url}tests/e2e/pages/replay.html`;
    const page = await context.newPage();
    await page.goto(address);
    await page.evaluate(() => api.rec.saveToOpfs("visit"));
    await startRecording(page);
    // Browsers may end the worker that writes before it has the changes of a `pagehide` listener.
    await page.evaluate(async () => {
      document.querySelector("#root")?.append("the last words");
      await new Promise((resolve) => setTimeout(resolve, 500));
    });
    await end(page);
    const next = await context.newPage();
    await next.goto(address);
    const replayed = await next.evaluate(async () => {
      await api.definePlayer();
      const recording = await api.rr.opfs.openRecording("visit");
      const replay = document.createElement("rerun-replay");
      const ready = new Promise((resolve, reject) => {
        replay.addEventListener("ready", resolve);
        replay.addEventListener("failure", (event) => reject((event as CustomEvent<Error>).detail));
      });
      replay.source = await recording.file();
      document.body.append(replay);
      await ready;
      await replay.setTime(BigInt(Date.now()) * 1_000_000n);
      return replay.page?.querySelector("#root")?.textContent;
    });
    expect(replayed).toMatch(/^(?:the last words){1,2}$/);
  });
