// Takes the images of README.md and docs/ with the real viewer:
// node tools/start.mjs tools/screenshots.ts [--only NAME] [--only NAME]
// NAME is that of an image: helix (the first program of the README), recipe-inference (of docs/recipes.md), an example
// for Node, web- and one for browsers, controls (two images), or layout- and one of examples/node/layouts.
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { serveBuiltPages } from "@rerun-ts/test-support/examples/example-pages";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { GALLERY, PAGE_GALLERY, type GalleryTime } from "@rerun-ts/test-support/examples/gallery";
import { INFER } from "@rerun-ts/test-support/examples/model-programs";
import { writeInRepository, writeRecipe } from "@rerun-ts/test-support/examples/recipe";
import { recordPage } from "@rerun-ts/test-support/examples/record-page";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { runTypeScript } from "@rerun-ts/test-support/node/run-bin";
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";
import { ensureVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { openInNativeViewer, type NativeViewerOptions } from "@rerun-ts/test-support/viewers/native-viewer";
import { buildPackages } from "./lib/build-packages.ts";
import { takeControlsImages } from "./lib/controls-images.ts";
import { writeLayout } from "./lib/write-layout.ts";
import { LAYOUTS } from "../examples/node/layouts/layouts.ts";

/** The size of a screenshot, and the commands that show or hide panels before it. */
type Look = Pick<NativeViewerOptions, "size" | "commands">;

const SETTLE_SECONDS = 15;
const PANELS = ["ui.toggle_selection_panel", "ui.toggle_blueprint_panel"];
const WITH_TIME_PANEL: Look = { size: "1400x800", commands: PANELS };
const ONLY_VIEWS: Look = {
  size: "1200x700",
  commands: [...PANELS, "recording.toggle_time_panel", "ui.toggle_top_panel"],
};
/** Examples with a layout collapse the panels themselves. */
const WITH_LAYOUT: Look = { size: "1200x700", commands: ["ui.toggle_top_panel"] };
const PROGRAMS: readonly { readonly example: string; readonly time: GalleryTime; readonly look: Look }[] = [
  { example: "demo", time: { timeline: "frame", sequence: 140 }, look: { size: "1400x800" } },
  { example: "archetypes", time: { timeline: "time", sequence: 0 }, look: WITH_TIME_PANEL },
  { example: "fleet", time: { timeline: "step", sequence: 40 }, look: WITH_LAYOUT },
  ...GALLERY.map(({ example, timeline, sequence }) => ({
    example,
    time: { timeline, sequence },
    look: existsSync(join(root, `examples/node/${example}/layout.ts`)) ? WITH_LAYOUT : ONLY_VIEWS,
  })),
];

const { only } = parseArgs({ options: { only: { type: "string", multiple: true } } }).values;
const isWanted = (name: string): boolean => only === undefined || only.includes(name);

await buildPackages();
const rerun = await ensureRerun();
if ("missing" in rerun) throw new Error(rerun.missing);
const { python } = rerun;
if (!(await ensureVulkan())) throw new Error("no Vulkan driver: install mesa-vulkan-drivers and libvulkan1");

const folder = await mkdtemp(join(tmpdir(), "rerun-ts-screenshots-"));
for (const { example, time, look } of PROGRAMS.filter((program) => isWanted(program.example))) {
  const file = join(folder, `${example}.rrd`);
  const env = { RERUN_CLI_PATH: rerun.rerun };
  succeed(await runTypeScript([`examples/node/${example}/main.ts`, file, "--exit"], { env }));
  await takeImage(file, example, time, look);
}

if (isWanted("helix")) {
  await runReadmeProgram();
  const look = { size: "1200x640", commands: [...PANELS, "ui.toggle_top_panel"] };
  await takeImage(join(folder, "helix.rrd"), "helix", { timeline: "frame", sequence: 150 }, look);
}

if (isWanted("recipe-inference")) {
  await runProgram(await writeRecipe("Each inference of a model", INFER));
  const file = join(folder, "classifier.rrd");
  await takeImage(file, "recipe-inference", { timeline: "frame", sequence: 8 }, { ...ONLY_VIEWS, size: "1200x500" });
}

for (const name of Object.keys(LAYOUTS).filter((each) => isWanted(`layout-${each}`))) {
  const file = join(folder, `layout-${name}.rrd`);
  await writeLayout(name, file);
  await takeImage(file, `layout-${name}`, { timeline: "frame", sequence: 40 }, { size: "800x450" });
}

if (isWanted("controls")) {
  await takeControlsImages((theme) => pathOf(`controls-${theme}`));
  for (const theme of ["light", "dark"]) await shrink(`controls-${theme}`);
}

const pages = await serveBuiltPages(join(folder, "pages"));
for (const { example, time } of PAGE_GALLERY) {
  const name = `web-${example}`;
  if (!isWanted(name)) continue;
  const file = time === undefined ? pathOf(name) : join(folder, `${name}.rrd`);
  await recordPage(rerun.rerun, example, pages.url(example), file);
  if (time === undefined) await shrink(name);
  else await takeImage(file, name, typeof time === "string" ? await middleOf(file, time) : time, ONLY_VIEWS);
}
await pages.close();
await rm(folder, { recursive: true });

/** Runs the first program of the README, which writes helix.rrd. */
async function runReadmeProgram(): Promise<void> {
  const [, program = ""] = /^```ts\n([\s\S]*?)^```/m.exec(await readFile(join(root, "README.md"), "utf8")) ?? [];
  await runProgram(await writeInRepository("helix.ts", program));
}

/** Runs a program of this repository, which writes its recording into the folder. */
async function runProgram(path: string): Promise<void> {
  succeed(await run(process.execPath, ["--import", import.meta.resolve("tsx"), path], { cwd: folder }));
}

/** The time of the middle row of an entity in a recording. */
async function middleOf(file: string, entity: string): Promise<GalleryTime> {
  const chunks = readChunks(await readFile(file)).filter(({ entityPath }) => entityPath === entity);
  const times = chunks.flatMap(({ times: { log_time = [] } }) => log_time.map(Number)).sort((a, b) => a - b);
  const middle = times[Math.floor(times.length / 2)];
  if (middle === undefined) throw new Error(`${file} has no rows of ${entity}`);
  return { timeline: "log_time", sequence: middle };
}

async function takeImage(file: string, name: string, time: GalleryTime, look: Look): Promise<void> {
  const image = { path: pathOf(name), ...time };
  if ("missing" in rerun) throw new Error(rerun.missing);
  await openInNativeViewer(rerun, file, { ...look, settleSeconds: SETTLE_SECONDS, images: [image] });
  await shrink(name);
}

async function shrink(name: string): Promise<void> {
  succeed(await run(python, ["-B", "tools/shrink_image.py", pathOf(name)]));
  console.log(`Took docs/images/${name}.webp`);
}

function succeed({ code }: { readonly code: number }): void {
  if (code !== 0) process.exit(code);
}

function pathOf(name: string): string {
  return join(root, `docs/images/${name}.png`);
}
