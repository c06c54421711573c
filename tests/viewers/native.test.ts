import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { findRerun } from "../../tools/lib/python.mjs";
import { isCi } from "../../tools/lib/run.mjs";
import { openInViewer } from "../../tools/lib/viewer.mjs";
import { hasVulkan } from "../../tools/lib/vulkan.mjs";
import * as archetypes from "./archetypes.ts";
import { expectDemo, PICTURE, writeDemo } from "./demo.ts";

const rerun = await findRerun();
const missing = rerun === undefined ? "rerun-sdk is not there" : hasVulkan() ? undefined : "there is no Vulkan driver";
if (missing !== undefined && isCi) throw new Error(missing);

describe.skipIf(missing !== undefined)("the real native viewer", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rerun-ts-viewer-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("shows the demo: every entity and component, no error, and its colours", async () => {
    const file = join(folder, "demo.rrd");
    await writeDemo(file);
    if (rerun === undefined) throw new Error(missing);
    expectDemo(await openInViewer(rerun, file, { pictures: [{ path: join(folder, "demo.png"), ...PICTURE }] }));
  });

  it("shows an entity of each archetype, every component, and reports nothing", async () => {
    const file = join(folder, "archetypes.rrd");
    await archetypes.writeArchetypes(file);
    if (rerun === undefined) throw new Error(missing);
    const pictures = [{ path: join(folder, "archetypes.png"), ...archetypes.PICTURE }];
    await archetypes.expectArchetypes(await openInViewer(rerun, file, { pictures }), file);
  });
});
