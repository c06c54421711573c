import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { decodeRrd } from "@rerun-ts/core/decode";
import { readChunk, type ReadChunk } from "../../packages/core/test/contract/read-chunks.ts";
import { PAGES, serveBuiltPages } from "../../tools/lib/example-pages.mjs";
import { performPage } from "../../tools/lib/perform-page.mjs";
import { saveServer, startServer } from "../../tools/lib/rerun-server.mjs";
import { shareOfColor } from "./picture.ts";
import { findRealRerun, type Rerun } from "./rerun.ts";

/**
 * What the server has of each example at least: rows of a component by entity. Fewer than were logged: what is on its way
 * when a page is left may be lost, if there is much of it.
 */
const SENT: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  minimal: { "/spiral Points3D:positions": 100 },
  mouse: {
    "/chart/x SeriesLines:colors": 1,
    "/chart/x Scalars:scalars": 60,
    "/chart/y Scalars:scalars": 60,
    "/speed Scalars:scalars": 50,
    "/field/trail LineStrips2D:strips": 60,
  },
  canvas: { "/canvas EncodedImage:blob": 8, "/canvas/ball Boxes2D:half_sizes": 8 },
  worker: { "/frame_time Scalars:scalars": 50, "/waves Points3D:positions": 5 },
};
/** The page's blue, behind the cube. */
const BACKGROUND = [32, 96, 160] as const;
/** The first picture waits for shaders that are compiled in software. */
const PATIENCE = { timeout: 45_000 };

let rerun: Rerun;
let folder: string;
let pages: Awaited<ReturnType<typeof serveBuiltPages>>;
let server: Awaited<ReturnType<typeof startServer>>;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  test.setTimeout(180_000);
  const found = await findRealRerun();
  test.skip("missing" in found && process.env["CI"] !== "true", "missing" in found ? found.missing : "");
  if ("missing" in found) throw new Error(found.missing);
  rerun = found;
  folder = await mkdtemp(join(tmpdir(), "rerun-ts-examples-"));
  pages = await serveBuiltPages(join(folder, "pages"));
  server = await startServer(rerun.path);
});

test.afterAll(async () => {
  await pages?.close();
  await server?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

test("all examples have a test", () => {
  // The download has one of its own.
  expect([...Object.keys(SENT), "points", "viewer"].sort()).toEqual([...PAGES].sort());
});

for (const example of Object.keys(SENT)) {
  test(`${example} logs to a server, without a complaint`, async ({ page }) => {
    const complaints = await open(page, example);
    await performPage(page, example);
    await expect(page.locator("#status")).toContainText("grpc open");
    // What was not sent is sent when the page is left.
    await page.goto("about:blank");
    expect(complaints).toEqual([]);
  });
}

test("the server has what they logged", async () => {
  const file = join(folder, "server.rrd");
  await saveServer(rerun.path, server, file);
  expect(await rerun.run("rrd", "verify", file)).toContain("1 file verified without error");
  const chunks = await readByApplication(file);
  for (const [example, rows] of Object.entries(SENT)) {
    const found = countRows(chunks.get(`rerun_ts_${example}`) ?? []);
    for (const [column, least] of Object.entries(rows)) {
      expect(found.get(column), `${example}: ${column}`).toBeGreaterThanOrEqual(least);
    }
  }
});

test("viewer shows what the page draws", async ({ page }) => {
  await open(page, "viewer");
  await performPage(page, "viewer");
  await expect(page.locator("#status")).toContainText("webViewer open");
  // What the page draws itself does not count.
  await page.addStyleTag({ content: "body > canvas { visibility: hidden }" });
  await expect.poll(() => shareOfColor(page, BACKGROUND), PATIENCE).toBeGreaterThan(0.03);
});

/** Opens an example. Returns what it complains about, filled as it goes. */
async function open(page: Page, example: string): Promise<string[]> {
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  // Tens of thousands of lines about shaders, which take most of the time.
  await page.addInitScript(() => void (console.debug = () => {}));
  await page.goto(`${pages.url(example)}?url=${encodeURIComponent(server.url)}`);
  return complaints;
}

async function readByApplication(file: string): Promise<Map<string, ReadChunk[]>> {
  const found = new Map<string, ReadChunk[]>();
  for (const message of decodeRrd(await readFile(file))) {
    if (message.kind !== "chunk") continue;
    const { applicationId } = message.storeId;
    found.set(applicationId, [...(found.get(applicationId) ?? []), readChunk(message)]);
  }
  return found;
}

/** How many rows have a value, by entity and component. */
function countRows(chunks: readonly ReadChunk[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { entityPath, components } of chunks) {
    for (const [component, rows] of Object.entries(components)) {
      const column = `${entityPath} ${component}`;
      counts.set(column, (counts.get(column) ?? 0) + rows.filter((row) => row !== null).length);
    }
  }
  return counts;
}
