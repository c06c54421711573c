import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "@playwright/test";
import { chromiumArguments, chromiumPath } from "./chromium.mjs";
import { root, run } from "./run.mjs";
import { describeViewer, pause, viewerState } from "./viewer-control.mjs";

const LIMIT_S = 60;
/** Some views never rest: a graph that is being laid out, a map whose tiles do not come. */
const PATIENCE_MS = 8000;
const LOOPBACK_ONLY = ["--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"];

/**
 * Opens a recording in the real web viewer, in Chromium without a screen, and asks it what it shows. It reaches
 * nothing but this machine.
 * @param {{ rerun: string, python: string }} programs the real `rerun` and its Python, as `ensureRerun` finds them
 * @param {string} file
 * @param {{ pictures?: { path: string, timeline: string, sequence: number }[], viewer?: string }} options what to take
 * pictures of; where a web viewer is served already, and then `file` may be the address of a server
 * @returns {Promise<import("./viewer.mjs").ViewerReport>}
 * @throws if it cannot open the file, crashes, or is not done within a minute; with the browser's console
 */
export async function openInWebViewer({ rerun, python }, file, { pictures = [], viewer: served } = {}) {
  const closers = [];
  try {
    const keep = (server) => (closers.push(server.close), server);
    const recording = served === undefined ? keep(await serveFile(file)) : { url: file };
    const viewer = served === undefined ? keep(await serveViewer(rerun)) : { url: served };
    const browser = await chromium.launch({
      executablePath: chromiumPath(),
      args: [...chromiumArguments, ...LOOPBACK_ONLY],
    });
    closers.push(() => browser.close());
    const query = new URLSearchParams({ url: recording.url, renderer: "webgl", theme: "dark" });
    const address = `${viewer.url}/?${query}&persist=0&notebook=0&hide_welcome_screen`;
    const report = await examine(await openPage(browser), { address, recording: recording.url, file, pictures });
    return { ...report, pictures: await countColors(python, pictures) };
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

async function examine({ page, errors, lines, failure }, { address, recording, file, pictures }) {
  let step = "start";
  const work = async () => {
    await page.goto(address, { waitUntil: "commit" });
    await page.waitForFunction(() => globalThis._handle !== undefined, undefined, { timeout: 0 });
    step = "open the recording";
    await recordingIsOpen(page, () => errors.find((error) => error.includes(recording)));
    step = "draw a picture that stays as it is";
    await pause(page);
    // Views report what is wrong while they draw.
    await pictureAtRest(page);
    for (const { path, ...time } of pictures) {
      await pause(page, time);
      await writeFile(path, await pictureAtRest(page));
    }
    step = "tell what it shows";
    return { errors, ...(await describeViewer(page)) };
  };
  const limit = new AbortController();
  const late = async () => {
    await sleep(LIMIT_S * 1000, undefined, { signal: limit.signal });
    throw new Error(`the web viewer did not ${step} within ${LIMIT_S} s`);
  };
  try {
    return await Promise.race([work(), failure, late()]);
  } catch (cause) {
    const log = lines.join("\n");
    throw new Error(`${file}: ${cause.message}\n\nThe console of the web viewer:\n${log}`, { cause });
  } finally {
    limit.abort();
  }
}

/** A page without the internet; what goes wrong there; what its console says; and a promise that rejects if it dies. */
async function openPage(browser) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, serviceWorkers: "block" });
  const nothing = { status: 204, headers: { "access-control-allow-origin": "*" } };
  await page.route(
    ({ hostname }) => hostname !== "127.0.0.1",
    (route) => route.fulfill(nothing),
  );
  // Tens of thousands of lines about shaders, which take most of the time.
  await page.addInitScript(() => void (console.debug = () => {}));

  const [errors, lines] = [[], []];
  const failure = new Promise((_, reject) => {
    page.on("crash", () => reject(new Error("its page crashed")));
    page.on("console", (message) => {
      const text = message.text().trim();
      lines.push(`${message.type()}: ${text}`);
      if (message.type() === "error") errors.push(text.replace(/^ERROR \S+: /, ""));
      if (/^(Rerun has crashed|Failed to start)/.test(text)) reject(new Error(text));
    });
  });
  failure.catch(() => {});
  page.on("pageerror", ({ message }) => {
    errors.push(message);
    lines.push(message);
  });
  return { page, errors, lines, failure };
}

async function recordingIsOpen(page, findError) {
  for (;;) {
    const { recordings, loading } = await viewerState(page);
    if (loading.length === 0 && recordings.length > 0) return;
    const error = findError();
    if (loading.length === 0 && error !== undefined) throw new Error(error);
    await sleep(50);
  }
}

/** The picture once it is the same in two frames: nothing is loading or moving any more, or not for a while. */
async function pictureAtRest(page) {
  const patience = Date.now() + PATIENCE_MS;
  let before;
  for (;;) {
    await viewerState(page);
    const picture = await page.screenshot();
    if (before?.equals(picture) || Date.now() > patience) return picture;
    before = picture;
  }
}

async function countColors(python, pictures) {
  if (pictures.length === 0) return [];
  const args = ["-B", join(root, "tools/lib/picture_colors.py"), ...pictures.map(({ path }) => path)];
  const { code, output } = await run(python, args, { capture: true });
  if (code !== 0) throw new Error(`the pictures cannot be read:\n${output}`);
  return JSON.parse(output);
}

/** Serves one file to pages of any origin. */
async function serveFile(file) {
  const { size } = await stat(file);
  const server = createServer((_, response) => {
    response.writeHead(200, { "access-control-allow-origin": "*", "content-length": size });
    createReadStream(file)
      .on("error", () => response.destroy())
      .pipe(response);
  });
  await new Promise((resolve, reject) => server.on("error", reject).listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${server.address().port}/recording.rrd`, close };
}

/**
 * Serves the web viewer that is inside the `rerun` program, and takes logs for it.
 * @param {string} rerun the program
 * @param {number} [port] where it takes logs; default: any
 */
export async function serveViewer(rerun, port = 0) {
  const args = ["--serve-web", "--bind", "127.0.0.1", "--port", String(port), "--web-viewer-port", "0"];
  // With CI it sends no telemetry.
  const env = { ...process.env, CI: "true", NO_COLOR: "1", RUST_LOG: "info" };
  const child = spawn(rerun, args, { stdio: ["ignore", "ignore", "pipe"], env });
  const kill = () => child.kill();
  process.once("exit", kill);
  const ended = new Promise((resolve) => child.on("close", resolve));
  const url = await new Promise((resolve, reject) => {
    const late = setTimeout(kill, LIMIT_S * 1000);
    let log = "";
    child.stderr.on("data", (data) => {
      log += data;
      const [, found] = /Hosting a web-viewer at (http:\S+)\s/.exec(log) ?? [];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(found);
    });
    child.on("error", reject);
    child.on("close", () => {
      clearTimeout(late);
      reject(new Error(`rerun does not serve its web viewer:\n${log}`));
    });
  });
  const close = async () => {
    kill();
    await ended;
    process.off("exit", kill);
  };
  return { url, close };
}
