import { copyFile, mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import * as rr from "@rerun-ts/node";
import { deleteSharedLink, s3Store, shareLink } from "@rerun-ts/storage";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { S3_CREDENTIALS, S3Server } from "@rerun-ts/test-support/node/s3-server";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { ensureS3Server } from "@rerun-ts/test-support/setup/s3-server";
import { ensureWebViewer } from "@rerun-ts/test-support/setup/web-viewer";
import { countingServer, serveViewerFiles } from "./one-file-servers.ts";
import { openFile, shown, TIMEOUT } from "./opened-page.ts";
import { shareOfColor } from "./picture.ts";
import { servePages } from "./serve.ts";

const MAGENTA = [255, 0, 255] as const;
const GREEN = [0, 255, 0] as const;
/** The minimum share of the page for the view with the image. */
const SHARE = 0.2;
const HOSTILE = "</script></title><script>globalThis.ran = 1</script><!--<script>";
const PANELS = { top: "hidden", blueprint: "hidden", selection: "hidden", time: "hidden" } as const;

let folder: string;
let viewerFiles: string;

test.beforeAll(async () => {
  folder = makeTemporaryFolder().path;
  viewerFiles = await ensureWebViewer();
});
test.afterAll(() => removeTemporaryFolder(folder));

/** Writes a recording with an image that is magenta until frame 5, and green from then on. */
async function record(name: string, recordingId: string = name, note = ""): Promise<string> {
  const path = join(folder, `${name}.rrd`);
  const rec = new rr.RecordingStream("one_file", { recordingId });
  await rec.save(path);
  for (let frame = 0; frame < 10; frame++) {
    rec.setTime("frame", frame);
    const [red, green, blue] = frame < 5 ? MAGENTA : GREEN;
    const data = Uint8Array.from({ length: 300 }, (_, index) => [red, green, blue][index % 3] ?? 0);
    rec.log("picture", new rr.Image({ data, width: 10, height: 10 }));
  }
  if (note !== "")
    rec.log(["notes", note], new rr.TextDocument(note, { mediaType: "text/markdown" }), { static: true });
  await rec.close();
  return path;
}

async function writePage(
  name: string,
  recordings: string | readonly string[],
  options: rr.viewer.RecordingToHtmlOptions = {},
): Promise<string> {
  const path = join(folder, `${name}.html`);
  const page = await rr.viewer.recordingToHtml(recordings, {
    ...(options.viewer === undefined && { viewerFiles }),
    panels: PANELS,
    ...options,
  });
  await writeFile(path, page.stream());
  return path;
}

test("a page opens from the disk, loads nothing, and shows the recording at its moment", async ({ page }) => {
  const rrd = await record("moment");
  const path = await writePage("moment", rrd, { at: "frame@3", title: "A moment", theme: "dark" });
  const requests = await openFile(page, path);
  await expect.poll(() => shareOfColor(page, MAGENTA), TIMEOUT).toBeGreaterThan(SHARE);
  expect(await shareOfColor(page, GREEN)).toBe(0);
  expect(await shown(page)).toEqual({
    active: "Recording:one_file:moment",
    times: ["Recording:one_file:moment frame@3"],
  });
  expect(await page.title()).toBe("A moment");
  expect(new Set(requests)).toEqual(new Set([pathToFileURL(path).href, "blob:"]));

  const parts = ["index.js", "re_viewer.js", "re_viewer_bg.wasm"].map((name) => readFile(join(viewerFiles, name)));
  const all = await Promise.all([...parts, readFile(rrd)]);
  const packed = all.reduce((sum, bytes) => sum + gzipSync(bytes).byteLength, 0);
  expect((await readFile(path)).byteLength).toBeLessThan(1.2 * packed);
});

test("names and documents of a recording run no script and load nothing from elsewhere", async ({ page }) => {
  const server = await countingServer();
  const note = `# ${HOSTILE}\n\n![image](${server.url}/image.png)\n\n<img src="${server.url}/x" onerror="ran = 2">`;
  const path = await writePage("hostile", await record("hostile", HOSTILE, note), { title: HOSTILE, at: "frame@3" });
  const requests = await openFile(page, path);
  await expect.poll(() => shown(page), TIMEOUT).toMatchObject({ times: [`Recording:one_file:${HOSTILE} frame@3`] });
  await expect.poll(() => shareOfColor(page, MAGENTA), TIMEOUT).toBeGreaterThan(SHARE / 2);
  expect(await page.title()).toBe(HOSTILE);
  expect(await page.evaluate(() => (globalThis as { ran?: unknown }).ran)).toBeUndefined();
  expect(new Set(requests)).toEqual(new Set([pathToFileURL(path).href, "blob:"]));
  // Not even a script of the viewer may load something.
  expect(await page.evaluate((url) => fetch(url).then(String, () => "blocked"), server.url)).toBe("blocked");
  expect(server.requests()).toBe(0);
  await server.close();
});

test("a page has several recordings, and shows the first one at first", async ({ page }) => {
  const [first, second, third] = [await record("a"), await record("b"), await record("c", "a")];
  const path = await writePage("several", [first, second, third], { at: { timeline: "frame", at: 7 } });
  await openFile(page, path);
  await expect
    .poll(() => shown(page), TIMEOUT)
    .toEqual({
      active: "Recording:one_file:a",
      times: ["Recording:one_file:a frame@7", "Recording:one_file:b frame@7"],
    });
});

test("a page says which timelines its recording has, if it lacks the wanted one", async ({ page }) => {
  await openFile(page, await writePage("timeline", await record("timeline"), { at: '<b>"x@3' }));
  await expect(page.getByRole("status")).toHaveText(
    'The recording has no timeline "<b>\\"x"; it has: frame, log_time',
    TIMEOUT,
  );
});

test("a page says what a browser lacks, and that it is truncated", async ({ context }) => {
  const path = await writePage("lacking", await record("lacking"));
  const cases: [string, string][] = [
    ["WebAssembly = undefined", "this browser does not run WebAssembly"],
    ["DecompressionStream = undefined", "this browser is too old: it has no DecompressionStream"],
    [
      "HTMLCanvasElement.prototype.getContext = () => null; delete Navigator.prototype.gpu",
      "this browser has neither WebGL 2 nor WebGPU",
    ],
  ];
  for (const [script, message] of cases) {
    const page = await context.newPage();
    await page.addInitScript(script);
    await openFile(page, path);
    await expect(page.getByRole("status")).toContainText(message, TIMEOUT);
    await page.close();
  }
  const cut = join(folder, "cut.html");
  await copyFile(path, cut);
  for (const bytes of [10_000_000, 20_000]) {
    await truncate(cut, bytes);
    const page = await context.newPage();
    await openFile(page, cut);
    await expect(page.getByRole("status")).toContainText(/truncated/, TIMEOUT);
    await page.close();
  }
});

test("a small page loads the viewer from a server, and refuses other files than those it was made for", async ({
  page,
}) => {
  const copy = join(folder, "viewer");
  await mkdir(copy);
  for (const name of ["package.json", "index.js", "re_viewer.js", "re_viewer_bg.wasm"])
    await copyFile(join(viewerFiles, name), join(copy, name));
  const server = await serveViewerFiles(copy);
  const path = await writePage("small", await record("small"), { viewer: server.url, at: "frame@3" });
  expect((await readFile(path)).byteLength).toBeLessThan(50_000);
  await openFile(page, path);
  await expect.poll(() => shareOfColor(page, MAGENTA), TIMEOUT).toBeGreaterThan(SHARE);

  await writeFile(join(copy, "re_viewer.js"), "export default () => document.write('other')");
  const other = await page.context().newPage();
  await openFile(other, path);
  await expect(other.getByRole("status")).toContainText("it is another file than this page was made for", TIMEOUT);
  await server.close();
});

test("a link to a bucket opens the recording at its moment, with the viewer of another server too", async ({
  page,
}) => {
  const program = await ensureS3Server();
  test.skip("missing" in program && !isCi, "there is no server with the API of S3");
  if ("missing" in program) throw new Error(program.missing);
  const bucket = await S3Server.start(program, { folder: join(folder, "s3"), buckets: ["runs"] });
  const viewer = await serveViewerFiles(viewerFiles);
  const store = s3Store("s3://runs/shared", { endpoint: bucket.url, credentials: S3_CREDENTIALS });
  const rrd = await record("linked");
  for (const place of [{ viewerFiles }, { viewer: viewer.url }]) {
    const { link } = await shareLink(rrd, store, { at: "frame@3", panels: PANELS, expiresSeconds: 600, ...place });
    const opened = await page.context().newPage();
    await opened.goto(link, { waitUntil: "commit" });
    await expect.poll(() => shareOfColor(opened, MAGENTA), TIMEOUT).toBeGreaterThan(SHARE);
    expect(await shown(opened)).toMatchObject({ times: ["Recording:one_file:linked frame@3"] });
    await deleteSharedLink(link, store);
    expect((await opened.goto(link))?.status()).toBe(404);
    await opened.close();
  }
  await viewer.close();
  await bucket.stop();
});

test("a page downloads its recording as a page, and names the command if it has no viewer", async ({ page }) => {
  const [pages, files] = [await servePages(), await serveViewerFiles(viewerFiles)];
  const url = `${pages.url}tests/e2e/pages/one-file.html`;
  await page.goto(url);
  await page.getByRole("button").click();
  await expect(page.locator("#result")).toContainText("which `rerun-ts viewer-files FOLDER` writes");

  await page.goto(`${url}?viewer=${encodeURIComponent(files.url)}`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button").click()]);
  const path = join(folder, "downloaded.html");
  await download.saveAs(path);
  const { byteLength } = await readFile(path);
  await expect(page.locator("#result")).toHaveText(`${byteLength} of ${byteLength} bytes`);
  await files.close();
  await pages.close();
  await openFile(page, path);
  await expect.poll(() => shareOfColor(page, MAGENTA), TIMEOUT).toBeGreaterThan(SHARE / 4);
});
