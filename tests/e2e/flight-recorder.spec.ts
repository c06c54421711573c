import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { ProfiledBrowser } from "./profile.ts";
import { requireRealRerun, type Rerun } from "./rerun.ts";
import { servePages, type PageServer } from "./serve.ts";

const KILLS = isSoak ? 10 : 2;
/** Long enough for values to leave the window of a second. */
const ROWS = 1500;

let pages: PageServer;
let folder: string;
let rerun: Rerun;
let browser: ProfiledBrowser;
let onFlushed = (_rows: number): void => {};

test.beforeAll(async () => {
  rerun = await requireRealRerun();
  pages = await servePages();
  folder = makeTemporaryFolder().path;
  browser = new ProfiledBrowser(join(folder, "profile"));
});
test.afterAll(async () => {
  await browser?.close();
  await pages?.close();
  if (folder !== undefined) await removeTemporaryFolder(folder);
});

for (const [title, end] of [
  ["its tab crashes", (page: Page) => browser.crash(page)],
  ["its browser is killed", () => browser.kill()],
] as const) {
  test(`the ring of a flight recorder is whole after ${title}, ${KILLS} times`, async () => {
    test.setTimeout(60_000 + KILLS * 20_000);
    for (let kill = 0; kill < KILLS; kill++) {
      const page = await openPage();
      let flushed = 0;
      await new Promise<void>((resolve) => {
        onFlushed = (rows) => {
          flushed = rows;
          if (rows >= ROWS) resolve();
        };
        void page.evaluate(() => window.flight.logEndlessly()).catch(() => undefined);
      });
      const atLeast = flushed;
      await end(page);
      const next = await openPage();
      const [dump, ...others] = await next.evaluate(() => window.flight.recover());
      expect(others).toEqual([]);
      const rrd = Uint8Array.from(dump?.bytes ?? []);
      const rows = valuesOf(rrd, "/rows", "Scalars:scalars").flat().map(Number);
      const first = rows[0] ?? 0;
      expect(rows).toEqual(Array.from(rows, (_, index) => first + index));
      expect(rows.at(-1)).toBeGreaterThanOrEqual(atLeast - 1);
      expect(valuesOf(rrd, "/pose", "Transform3D:translation")).toHaveLength(1);
      const file = join(folder, "recovered.rrd");
      await writeFile(file, rrd);
      expect(await rerun.run("rrd", "verify", file)).toContain("1 file verified without error");
      if (kill % 2 === 0) await next.evaluate(() => window.flight.discardOneByOne());
      else expect(await next.evaluate(() => window.flight.discard())).toBe(1);
      expect(await next.evaluate(() => window.flight.recover())).toEqual([]);
      await next.close();
    }
  });
}

test("errors of a page that nobody catches make dumps, and a click downloads the moment", async () => {
  const page = await openPage();
  await page.evaluate(() => window.flight.capture());
  await page.evaluate(
    () =>
      void setTimeout(() => {
        throw new TypeError("no route");
      }),
  );
  await expect.poll(() => page.evaluate(() => window.flight.dumps)).toEqual(["error: TypeError: no route"]);
  await page.evaluate(() => void Promise.reject(new Error("no answer")));
  await expect.poll(() => page.evaluate(() => window.flight.dumps[1])).toBe("unhandled rejection: Error: no answer");
  const downloading = page.waitForEvent("download");
  const bytes = await page.evaluate(() => window.flight.download());
  const file = await (await downloading).path();
  expect((await readFile(file)).byteLength).toBe(bytes);
  expect(valuesOf(await readFile(file), "/flight_recorder", "TextLog:text")).toEqual([["a click"]]);
  await page.evaluate(() => window.flight.close());
  expect(await page.evaluate(() => window.flight.recover())).toEqual([]);
  await page.close();
});

async function openPage(): Promise<Page> {
  const page = await browser.newPage();
  await page.exposeFunction("onFlushed", (rows: number) => onFlushed(rows));
  await page.goto(`${pages.url}tests/e2e/pages/flight-recorder.html`);
  await page.waitForFunction(() => "flight" in window);
  return page;
}
