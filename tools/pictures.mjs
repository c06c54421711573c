// Takes the pictures of docs/ anew, with the real viewer: node tools/pictures.mjs
import { join } from "node:path";
import { ensureBuilt } from "./lib/install.mjs";
import { ensureRerun } from "./lib/python.mjs";
import { must, root } from "./lib/run.mjs";
import { openInViewer } from "./lib/viewer.mjs";
import { ensureVulkan } from "./lib/vulkan.mjs";

await ensureBuilt();
const rerun = await ensureRerun();
if (rerun.missing !== undefined) throw new Error(rerun.missing);
if (!(await ensureVulkan())) throw new Error("there is no Vulkan driver: install mesa-vulkan-drivers and libvulkan1");

const file = join(root, "rerun-demo.rrd");
await must("npx", ["--no-install", "tsx", "examples/node/demo/main.ts", file]);
await openInViewer(rerun, file, {
  size: "1400x800",
  commands: ["ui.toggle_selection_panel", "ui.toggle_blueprint_panel"],
  pictures: [{ path: join(root, "docs/images/demo.png"), timeline: "frame", sequence: 140, settle_s: 15 }],
});
console.log("Took docs/images/demo.png");
