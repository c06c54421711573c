import { expect, test } from "@playwright/test";
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

test("the last changes before a page is left arrive at a relay", async ({ page }) => {
  const relay = await serve.serveGrpcRelay({ port: 0, corsAllowOrigin: new URL(pages.url).origin });
  try {
    await page.goto(`${pages.url}tests/e2e/pages/replay.html`);
    await page.evaluate(async (url) => {
      await api.rec.connectGrpc(url, { waitForConnection: true });
      // The change is seen by the recorder before any other listener is called.
      addEventListener("pagehide", () => document.querySelector("#root")?.append("the last words"), { capture: true });
      api.start({});
      await new Promise((resolve) => setTimeout(resolve, 300));
      await api.rec.flush();
    }, relay.url);
    await page.goto("about:blank");
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
