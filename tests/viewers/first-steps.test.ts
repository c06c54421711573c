import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, it } from "vitest";
import { isCi, root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { installPacked } from "@rerun-ts/test-support/packages/packed-project";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { expectColors, showsColors } from "./colors.ts";
import { sharedNativeViewer } from "./shared-viewers.ts";

const rerun = await findRerun();
const missing = rerun === undefined ? "rerun-sdk is not there" : hasVulkan() ? undefined : "there is no Vulkan driver";
if (missing !== undefined && isCi) throw new Error(missing);

it("the first steps of the README lead to a picture: install, run the program, open the file", async ({ skip }) => {
  skip(missing !== undefined, missing);
  if (rerun === undefined) throw new Error(missing);
  const folder = makeTemporaryFolder().path;
  try {
    const installMs = await installPacked(folder);
    const started = performance.now();
    const [, program = ""] = /^```ts\n([\s\S]*?)^```/m.exec(await readFile(join(root, "README.md"), "utf8")) ?? [];
    await writeFile(join(folder, "helix.mjs"), program);
    const { code, output } = await run(process.execPath, ["helix.mjs"], { cwd: folder, capture: true });
    expect(code, output).toBe(0);
    const runMs = performance.now() - started;
    // The points have the colours of the rainbow.
    const colors = { red: 0.0003, green: 0.0003, blue: 0.0003 };
    const image = { path: join(folder, "helix.png"), timeline: "frame", sequence: 150, shows: showsColors(colors) };
    const viewer = await sharedNativeViewer(rerun);
    await viewer.open(join(folder, "helix.rrd"));
    const report = await viewer.report({ images: [image] });
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
    const viewerMs = performance.now() - started - runMs;
    console.log(`npm install ${seconds(installMs)}, program ${seconds(runMs)}, viewer ${seconds(viewerMs)}`);
    expect(report.errors).toEqual([]);
    expect(report.views.map(({ view_class }) => view_class).sort()).toEqual(["3D", "TimeSeries"]);
    expectColors(report.images[0], colors);
  } finally {
    await removeTemporaryFolder(folder);
  }
});
