// Takes the pictures of the pages about archetypes: runs examples/archetypes in the playground, and shows their
// recordings in the real native viewer: node tools/start.mjs tools/archetype-pictures.ts [NAME …]
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { openPlayground, runExample } from "@rerun-ts/test-support/examples/playground";
import type { GalleryTime } from "@rerun-ts/test-support/examples/gallery";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { chromiumLaunchOptions } from "@rerun-ts/test-support/setup/chromium";
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";
import { ensureVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { openInNativeViewer } from "@rerun-ts/test-support/viewers/native-viewer";
import { buildPackages } from "./lib/build-packages.ts";
import { buildPlayground } from "./site/build-playground.ts";
import { serveSite } from "./site/serve-site.ts";

const FOLDER = "docs/images/archetypes";
/** Programs that show nothing in a view; the page of the site says so. */
const UNSEEN = new Set(["clear", "mcap-channel", "mcap-message", "mcap-schema", "mcap-statistics", "recording-info"]);
/** Notices about the graphics driver disappear after some seconds. */
const LOOK = { size: "1200x750", settleSeconds: 15, width: "640", small: "256" };
const PANELS = ["ui.toggle_selection_panel", "ui.toggle_blueprint_panel"];
const COMMANDS = [...PANELS, "recording.toggle_time_panel", "ui.toggle_top_panel"];
/** Viewers at the same time: they mostly wait. */
const VIEWERS = 3;
const ATTEMPTS = 3;
const LOG_TIMELINES = new Set(["log_time", "log_tick"]);

const wanted = process.argv.slice(2);
const names = (await readdir(join(root, "examples/archetypes")))
  .map((file) => file.replace(/\.ts$/, ""))
  .filter((name) => !UNSEEN.has(name) && (wanted.length === 0 || wanted.includes(name)));

await buildPackages();
const rerun = await ensureRerun();
if ("missing" in rerun) throw new Error(rerun.missing);
if (!(await ensureVulkan())) throw new Error("no Vulkan driver: install mesa-vulkan-drivers and libvulkan1");

const folder = await mkdtemp(join(tmpdir(), "rerun-ts-pictures-"));
await mkdir(join(root, FOLDER), { recursive: true });
await buildPlayground(join(folder, "site"));
const times = await recordAll();
const waiting = [...times];
await Promise.all(Array.from({ length: VIEWERS }, takePictures));
await rm(folder, { recursive: true });

/** Runs the programs. Returns the time of each at which its picture is taken. */
async function recordAll(): Promise<ReadonlyMap<string, GalleryTime>> {
  const found = new Map<string, GalleryTime>();
  const site = await serveSite(join(folder, "site"));
  const browser = await chromium.launch(chromiumLaunchOptions());
  const page = await browser.newPage();
  await openPlayground(page, site.url, { hidesViewer: true });
  for (const name of names) {
    const { status, messages, recording } = await runExample(page, `archetypes/${name}`);
    if (!status.startsWith("finished")) throw new Error(`${name}: ${status}\n${messages}`);
    await writeFile(join(folder, `${name}.rrd`), recording);
    found.set(name, lastTime(recording));
  }
  await browser.close();
  await site.close();
  return found;
}

/** The last time on the timeline of a program; on the timeline of the wall clock if the program has no timeline. */
function lastTime(recording: Uint8Array): GalleryTime {
  const columns = readChunks(recording).flatMap(({ times: byTimeline }) => Object.entries(byTimeline));
  const own = columns.find(([timeline]) => !LOG_TIMELINES.has(timeline))?.[0] ?? "log_time";
  const values = columns.filter(([timeline]) => timeline === own).flatMap(([, column]) => column.map(Number));
  // Times of the wall clock in nanoseconds are too large to be exact as numbers.
  return { timeline: own, sequence: Math.max(...values) + (own === "log_time" ? 1000 : 0) };
}

async function takePictures(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, time] = next;
    for (let attempt = 1; !(await takePicture(name, time, attempt === ATTEMPTS)); attempt++);
  }
}

/** Returns whether it has succeeded. On a busy machine the viewer sometimes opens nothing. */
async function takePicture(name: string, time: GalleryTime, isLast: boolean): Promise<boolean> {
  if ("missing" in rerun) throw new Error(rerun.missing);
  const path = join(root, FOLDER, `${name}.png`);
  const { size, settleSeconds, width, small } = LOOK;
  const options = { size, settleSeconds, commands: COMMANDS, images: [{ path, ...time }] };
  try {
    const report = await openInNativeViewer(rerun, join(folder, `${name}.rrd`), options);
    if (report.views.length === 0) console.error(`${name}: the viewer shows no view`);
  } catch (error) {
    if (isLast) throw error;
    return false;
  }
  const shrink = ["-B", "tools/shrink_image.py", "--width", width, "--small", small, path];
  const { code } = await run(rerun.python, shrink);
  if (code !== 0) throw new Error(`the image of ${name} cannot be shrunk`);
  console.log(`Took ${FOLDER}/${name}.webp`);
  return true;
}
