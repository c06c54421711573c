// Takes the pictures of docs/ anew, with the real viewer: node tools/pictures.mjs [--only demo]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { GALLERY } from "./lib/example-pictures.mjs";
import { ensureBuilt } from "./lib/install.mjs";
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

const folder = await mkdtemp(join(tmpdir(), "rerun-ts-pictures-"));
for (const { example, timeline, sequence, size, commands } of PICTURES) {
  if (options.only !== undefined && options.only !== example) continue;
  const file = join(folder, `${example}.rrd`);
  await must("npx", ["--no-install", "tsx", `examples/node/${example}/main.ts`, file, "--exit"]);
  const path = join(root, `docs/images/${example}.png`);
  await openInViewer(rerun, file, { size, commands, pictures: [{ path, timeline, sequence, settle_s: 15 }] });
  await must(rerun.python, ["-B", "tools/lib/shrink_picture.py", path]);
  console.log(`Took docs/images/${example}.png`);
}
await rm(folder, { recursive: true });
