// Takes the pictures of docs/ anew, with the real viewer: node tools/pictures.mjs [--only demo] [--only web-mouse]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { serveBuiltPages } from "./lib/example-pages.mjs";
import { GALLERY, PAGE_GALLERY } from "./lib/example-pictures.mjs";
import { ensureBuilt } from "./lib/install.mjs";
import { recordPage } from "./lib/page-recordings.mjs";
import { ensureRerun } from "./lib/python.mjs";
import { must, root } from "./lib/run.mjs";
import { openInViewer } from "./lib/viewer.mjs";
import { ensureVulkan } from "./lib/vulkan.mjs";

await ensureBuilt();
const rerun = await ensureRerun();
if (rerun.missing !== undefined) throw new Error(rerun.missing);
if (!(await ensureVulkan())) throw new Error("there is no Vulkan driver: install mesa-vulkan-drivers and libvulkan1");

const WITH_TIME_PANEL = {
  size: "1400x800",
  commands: ["ui.toggle_selection_panel", "ui.toggle_blueprint_panel"],
};
const ONLY_VIEWS = {
  size: "1200x700",
  commands: [...WITH_TIME_PANEL.commands, "recording.toggle_time_panel", "ui.toggle_top_panel"],
};
const PICTURES = [
  { example: "demo", timeline: "frame", sequence: 140, ...WITH_TIME_PANEL },
  { example: "archetypes", timeline: "time", sequence: 0, ...WITH_TIME_PANEL },
  ...GALLERY.map((picture) => ({ ...picture, ...ONLY_VIEWS })),
];
const { values: options } = parseArgs({ options: { only: { type: "string" } } });
const isWanted = (name) => options.only === undefined || options.only === name;

const folder = await mkdtemp(join(tmpdir(), "rerun-ts-pictures-"));
for (const { example, ...look } of PICTURES.filter((picture) => isWanted(picture.example))) {
  const file = join(folder, `${example}.rrd`);
  await must("npx", ["--no-install", "tsx", `examples/node/${example}/main.ts`, file, "--exit"]);
  await takePicture(file, example, look);
}

const pages = await serveBuiltPages(join(folder, "pages"));
for (const { example, ...time } of PAGE_GALLERY) {
  const name = `web-${example}`;
  if (!isWanted(name)) continue;
  const showsItself = time.timeline === undefined;
  const file = showsItself ? pathOf(name) : join(folder, `${name}.rrd`);
  await recordPage(rerun.rerun, example, pages.url(example), file);
  if (showsItself) await shrink(name);
  else await takePicture(file, name, { ...time, ...ONLY_VIEWS });
}
await pages.close();
await rm(folder, { recursive: true });

async function takePicture(file, name, { timeline, sequence, size, commands }) {
  const picture = { path: pathOf(name), timeline, sequence, settle_s: 15 };
  await openInViewer(rerun, file, { size, commands, pictures: [picture] });
  await shrink(name);
}

async function shrink(name) {
  await must(rerun.python, ["-B", "tools/lib/shrink_picture.py", pathOf(name)]);
  console.log(`Took docs/images/${name}.png`);
}

function pathOf(name) {
  return join(root, `docs/images/${name}.png`);
}
