// Takes the pictures of docs/ anew, with the real viewer: node tools/pictures.mjs [--only demo]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt } from "./lib/install.mjs";
import { ensureRerun } from "./lib/python.mjs";
import { must, root } from "./lib/run.mjs";
import { openInViewer } from "./lib/viewer.mjs";
import { ensureVulkan } from "./lib/vulkan.mjs";

await ensureBuilt();
const rerun = await ensureRerun();
if (rerun.missing !== undefined) throw new Error(rerun.missing);
if (!(await ensureVulkan())) throw new Error("there is no Vulkan driver: install mesa-vulkan-drivers and libvulkan1");

const PICTURES = [
  { example: "demo", timeline: "frame", sequence: 140 },
  { example: "archetypes", timeline: "time", sequence: 0 },
];
const { values: options } = parseArgs({ options: { only: { type: "string" } } });

const folder = await mkdtemp(join(tmpdir(), "rerun-ts-pictures-"));
for (const { example, ...time } of PICTURES) {
  if (options.only !== undefined && options.only !== example) continue;
  const file = join(folder, `${example}.rrd`);
  await must("npx", ["--no-install", "tsx", `examples/node/${example}/main.ts`, file, "--exit"]);
  await openInViewer(rerun, file, {
    size: "1400x800",
    commands: ["ui.toggle_selection_panel", "ui.toggle_blueprint_panel"],
    pictures: [{ path: join(root, `docs/images/${example}.png`), ...time, settle_s: 15 }],
  });
  console.log(`Took docs/images/${example}.png`);
}
await rm(folder, { recursive: true });
