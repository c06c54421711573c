import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { connectCatalog } from "@rerun-ts/catalog";
import { decodeRrd } from "@rerun-ts/core/decode";
import { serveGrpcRelay } from "@rerun-ts/node/relay";
import { readChunk, type ReadChunk } from "@rerun-ts/test-support/common/read-chunks";
import { PAGES } from "@rerun-ts/test-support/examples/example-pages";
import { pageContext } from "@rerun-ts/test-support/examples/page-context";
import { performPage } from "@rerun-ts/test-support/examples/perform-page";
import { runExample } from "@rerun-ts/test-support/examples/run-example";
import { CatalogServer } from "@rerun-ts/test-support/node/catalog-server";
import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { countRows, ROWS } from "./example-rows.ts";
import { shareOfColor } from "./picture.ts";
import { requireRealRerun, type Rerun } from "./rerun.ts";
import { servePages, type PageServer } from "./serve.ts";

/** The blue background of the page, behind the cube. */
const BACKGROUND = [32, 96, 160] as const;
/** The colour of the wave at a frequency of 4. */
const WAVE = [61, 245, 61] as const;
/** A colour of the points in an MCAP file. */
const LIDAR = [224, 64, 128] as const;
/** A part of the picture in the example inspect, and the track in the example catalog. */
const MAGENTA = [255, 0, 255] as const;
/** The viewer remarks that there is no graphics card. */
const OF_VIEWER = /^ *WARN |No available adapters|performance warning/;
/** The first frame takes long, because shaders are compiled in software. */
const PATIENCE = { timeout: 45_000 };

let rerun: Rerun;
let folder: string;
let pages: PageServer;
let server: RealServer;
/** The rows that the example offline has logged. */
let loggedOffline = 0;

test.describe.configure({ mode: "serial" });
// A viewer beside the page's own parts needs more room than a viewer alone.
test.use({ viewport: { width: 600, height: 400 } });

test.beforeAll(async () => {
  test.setTimeout(180_000);
  rerun = await requireRealRerun();
  folder = makeTemporaryFolder().path;
  pages = await servePages();
  server = await RealServer.start(rerun.path);
});

test.afterAll(async () => {
  await pages?.close();
  await server?.stop();
  if (folder !== undefined) await removeTemporaryFolder(folder);
});

test("all examples have a test", () => {
  // The examples of downloads and of a report have separate tests.
  const others = [
    "arm",
    "catalog",
    "inspect",
    "mcap",
    "offline",
    "pick",
    "points",
    "react",
    "recorder",
    "report-a-problem",
    "viewer",
  ];
  expect([...Object.keys(ROWS), ...others].sort()).toEqual([...PAGES].sort());
});

for (const example of Object.keys(ROWS)) {
  test(`the example ${example} logs to a server without errors`, async ({ browser }) => {
    const page = await browser.newPage(pageContext(example));
    const complaints = await open(page, example);
    await performPage(page, example);
    await expect(page.locator("#status")).toContainText("grpc open");
    // Pending data is sent when the page is unloaded.
    await page.goto("about:blank");
    expect(complaints).toEqual([]);
    await page.close();
  });
}

test("the example webcam logs a test picture where there is no camera", async ({ page }) => {
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no camera", "NotFoundError"));
  });
  const complaints = await open(page, "webcam");
  await performPage(page, "webcam");
  expect(complaints).toEqual([]);
});

test("the example offline sends what was logged without a network", async ({ page }) => {
  await open(page, "offline");
  await performPage(page, "offline");
  loggedOffline = Number.parseInt((await page.locator("#status").textContent()) ?? "", 10);
});

test("the server has received the data of all examples", async () => {
  const file = join(folder, "server.rrd");
  await server.save(file);
  expect(await rerun.run("rrd", "verify", file)).toContain("1 file verified without error");
  const chunks = await readByApplication(file);
  for (const [example, rows] of Object.entries(ROWS)) {
    const found = countRows(chunks.get(`rerun_ts_${example}`) ?? []);
    for (const [column, least] of Object.entries(rows)) {
      expect(found.get(column) ?? 0, `${example}: ${column}`).toBeGreaterThanOrEqual(least);
    }
  }
  const offline = (chunks.get("rerun_ts_offline") ?? []).filter(({ entityPath }) => entityPath !== "/__properties");
  expect(offline.reduce((sum, { rows }) => sum + rows, 0)).toBe(loggedOffline);
});

test("the example recorder hands out the last minute", async ({ page }) => {
  const complaints = await open(page, "recorder");
  await performPage(page, "recorder");
  const downloading = page.waitForEvent("download");
  await page.getByRole("button").click();
  const file = join(folder, "last-minute.rrd");
  await (await downloading).saveAs(file);
  expect(await rerun.run("rrd", "verify", file)).toContain("1 file verified without error");
  const found = countRows((await readByApplication(file)).get("rerun_ts_recorder") ?? []);
  expect(found.get("/pointer Points2D:positions")).toBeGreaterThan(20);
  expect(found.get("/logs/console TextLog:text")).toBe(1);
  expect(complaints).toEqual([]);
});

test("the example viewer shows the image that the page draws", async ({ page }) => {
  await open(page, "viewer");
  await performPage(page, "viewer");
  await expect(page.locator("#status")).toContainText("webViewer open");
  // The page's own drawing does not count.
  await page.addStyleTag({ content: "body > canvas { visibility: hidden }" });
  await expect.poll(() => shareOfColor(page, BACKGROUND), PATIENCE).toBeGreaterThan(0.03);
});

test("the example react shows the wave of its components in one viewer", async ({ page }) => {
  const complaints = await open(page, "react");
  await performPage(page, "react");
  await expect.poll(() => shareOfColor(page, WAVE), PATIENCE).toBeGreaterThan(0.001);
  await expect(page.locator("canvas")).toHaveCount(1);
  await page.getByRole("button", { name: "Close the viewer" }).click();
  await expect(page.locator("canvas")).toHaveCount(0);
  // The viewer remarks that there is no graphics card.
  expect(complaints.filter((text) => !text.trimStart().startsWith("WARN "))).toEqual([]);
});

test("the example pick shows what was logged of a point that is clicked", async ({ page }) => {
  const complaints = await open(page, "pick");
  await performPage(page, "pick");
  await expect(page.locator("#row caption")).toHaveText(/^\/planet\/stones, point \d+, frame 59$/);
  const cell = (name: string): Promise<string | null> =>
    page.locator(`#row tr:has(td:text-is("${name}")) td`).nth(1).textContent();
  const [x = 0, y = 0, z = 0] = ((await cell("Points3D:positions")) ?? "").split(", ").map(Number);
  expect(Math.hypot(x, y, z)).toBeCloseTo(1, 2);
  // Both depend on the height.
  expect(Number(await cell("temperature"))).toBeCloseTo(20 * z + 59 / 3, 1);
  expect(Number(await cell("mass"))).toBeCloseTo(3 + z, 2);
  expect(complaints.filter((text) => !OF_VIEWER.test(text))).toEqual([]);
});

test("the example arm goes to the place that is clicked, and to where the command line says", async ({ page }) => {
  const relay = await serveGrpcRelay({ port: 0 });
  try {
    const complaints = await open(page, "arm", relay.url);
    await page.setViewportSize({ width: 1000, height: 600 });
    await performPage(page, "arm");
    const panel = page.locator("rerun-controls");
    const token = (await panel.getAttribute("token")) ?? "";
    const url = (await panel.getAttribute("url")) ?? "";
    const http = url.replace(/^ws/, "http").replace(/ws$/, "controls");
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const hand = async (): Promise<number[]> =>
      ((await page.locator("#hand").textContent()) ?? "").split(", ").map((text) => Number(text) + 0);
    const target = async (): Promise<number[]> => {
      const answer = await page.request.get(`${http}/target`, { headers });
      return ((await answer.json()) as { readonly value: number[] }).value;
    };
    const clicked = await target();
    expect(clicked).not.toEqual([2, 0.3, 0]);
    await expect.poll(hand).toEqual(clicked);
    const answer = await page.request.put(`${http}/target`, { headers, data: [0, 1.25, -2] });
    expect(await answer.json()).toEqual({ outcome: "done" });
    expect(await hand()).toEqual([0, 1.25, -2]);
    const far = await page.request.put(`${http}/target`, { headers, data: [3, 3, 3] });
    expect(await far.json()).toEqual({ outcome: "failed", message: "out of reach" });
    expect(complaints.filter((text) => !OF_VIEWER.test(text))).toEqual([]);
  } finally {
    await relay.close();
  }
});

test("the example inspect shows what is in a file, and sends nothing", async ({ page }) => {
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  // The viewer is beside the rest.
  await page.setViewportSize({ width: 1120, height: 400 });
  const complaints = await open(page, "inspect");
  await performPage(page, "inspect");
  await expect(page.locator("#summary")).toContainText("#0 to #199");
  await expect.poll(() => shareOfColor(page, MAGENTA), PATIENCE).toBeGreaterThan(0.005);
  const entity = (path: string): Locator => page.locator(`#entities tr[data-entity="${path}"]`);
  await expect(entity("/robot/position")).toContainText("200");
  await expect(page.locator("#chart path[stroke]")).not.toHaveCount(0);
  await entity("/robot/log").click();
  await expect(page.locator("output")).toContainText("10 rows");
  await expect(page.locator("#rows")).toContainText("step 9");
  await page.getByLabel("From").fill("100");
  await page.getByLabel("to", { exact: true }).fill("119");
  await page.getByRole("button", { name: "Query" }).click();
  await expect(page.locator("output")).toContainText("1 rows");
  await page.getByLabel("Entities").fill("/robot/height");
  await page.getByLabel("From").fill("soon");
  await page.getByRole("button", { name: "Query" }).click();
  await expect(page.locator("output.error")).toContainText("soon");
  // A file that is dropped, and is none.
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(["no recording"], "notes.txt"));
    document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer: data }));
  });
  await expect(page.locator("#status.error")).toContainText("not a Rerun recording");
  const own = new URL(pages.url).origin;
  expect(requests.filter((url) => !url.startsWith(own) && !/^(blob|data):/.test(url))).toEqual([]);
  // The viewer remarks that there is no graphics card.
  expect(complaints.filter((text) => !/^ WARN |No available adapters/.test(text))).toEqual([]);
});

test("the example catalog uploads a dropped recording, queries it, and shows it in the viewer", async ({ page }) => {
  const catalogServer = await CatalogServer.start(rerun.path);
  try {
    using catalog = await connectCatalog(catalogServer.url);
    // The viewer is beside the rest.
    await page.setViewportSize({ width: 800, height: 400 });
    const complaints = await open(page, "catalog", catalogServer.url);
    await performPage(page, "catalog");
    await expect(page.locator("#datasets option")).toHaveText(["dropped"]);
    await expect(page.locator("tr.chosen")).toHaveText("monday");
    await expect(page.locator("#chart path[stroke]")).not.toHaveCount(0);
    await page.addStyleTag({ content: "section, header { visibility: hidden }" });
    await expect.poll(() => shareOfColor(page, MAGENTA), PATIENCE).toBeGreaterThan(0.0005);
    expect(await (await catalog.getDataset("dropped")).segmentIds()).toEqual(["monday"]);
    // The viewer remarks that there is no graphics card.
    expect(complaints.filter((text) => !/^ WARN |No available adapters/.test(text))).toEqual([]);
  } finally {
    await catalogServer.stop();
  }
});

test("the example rides has each recording in a catalog when it is finished", async () => {
  const catalogServer = await CatalogServer.start(rerun.path);
  try {
    const { url } = catalogServer;
    const { code, output } = await runExample("rides", ["--url", url, "--rides", "2"], { capture: true });
    expect(code, output).toBe(0);
    using catalog = await connectCatalog(url);
    const dataset = await catalog.getDataset("rides");
    const ids = await dataset.segmentIds();
    expect(output.trim().split("\n").sort()).toEqual(ids.map((id) => dataset.segmentUrl(id)));
    const table = await dataset.query({ index: "step", columns: ["/speed:Scalars:scalars"] }).toTable();
    expect([ids.length, table.numRows]).toEqual([2, 200]);
  } finally {
    await catalogServer.stop();
  }
});

test("the example mcap shows the messages of a file in the viewer, and sends nothing", async ({ page }) => {
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  const complaints = await open(page, "mcap");
  await performPage(page, "mcap");
  await expect(page.locator("#topics tr")).toHaveText([
    "/lidar60foxglove.PointCloud",
    "/speed60rerun.Scalars",
    "/rosout6foxglove.Log",
  ]);
  await expect(page.locator("#problems li")).toHaveCount(0);
  await page.addStyleTag({ content: "section, header { visibility: hidden }" });
  await expect.poll(() => shareOfColor(page, LIDAR), PATIENCE).toBeGreaterThan(0.0002);
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(["no messages"], "notes.txt"));
    document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer: data }));
  });
  await expect(page.locator("#status.error")).toContainText("not an MCAP file");
  const own = new URL(pages.url).origin;
  expect(requests.filter((url) => !url.startsWith(own) && !/^(blob|data):/.test(url))).toEqual([]);
  // The viewer remarks that there is no graphics card.
  expect(complaints.filter((text) => !/^ WARN |No available adapters/.test(text))).toEqual([]);
});

/** Opens an example. Returns the list of its errors, which grows while it runs. */
async function open(page: Page, example: string, url = server.url): Promise<string[]> {
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    // The driver of WebGL in software warns that reading drawn pixels takes time.
    if (message.text().includes("GL Driver Message")) return;
    // A busy machine encodes fewer images than a page captures, which the page reports.
    if (message.text().includes("more are captured than can be encoded")) return;
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  await silenceDebug(page);
  await page.goto(`${pages.url}examples/web/${example}/index.html?url=${encodeURIComponent(url)}`);
  return complaints;
}

async function readByApplication(file: string): Promise<Map<string, ReadChunk[]>> {
  const found = new Map<string, ReadChunk[]>();
  for (const message of decodeRrd(await readFile(file))) {
    if (message.kind !== "chunk" || message.storeId.kind !== "recording") continue;
    const { applicationId } = message.storeId;
    found.set(applicationId, [...(found.get(applicationId) ?? []), readChunk(message)]);
  }
  return found;
}
