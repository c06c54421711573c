import { join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, beforeAll, describe, it } from "vitest";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import type { RunningViewer } from "@rerun-ts/test-support/viewers/viewer-report";
import * as archetypes from "./archetypes.ts";
import { expectDemo, IMAGE, writeDemo } from "./demo.ts";
import { sharedNativeViewer } from "./shared-viewers.ts";

const rerun = await findRerun();
const missing = rerun === undefined ? "rerun-sdk is not there" : hasVulkan() ? undefined : "there is no Vulkan driver";
if (missing !== undefined && isCi) throw new Error(missing);

describe.skipIf(missing !== undefined)("the real native viewer", () => {
  let folder: string;
  let viewer: RunningViewer;
  beforeAll(async () => {
    folder = makeTemporaryFolder().path;
    if (rerun === undefined) throw new Error(missing);
    viewer = await sharedNativeViewer(rerun);
  });
  afterAll(() => removeTemporaryFolder(folder));

  it("shows the demo with every entity and component and its colours, without errors", async () => {
    const file = join(folder, "demo.rrd");
    await writeDemo(file);
    await viewer.open(file);
    expectDemo(await viewer.report({ images: [{ path: join(folder, "demo.png"), ...IMAGE }] }));
  });

  it("shows an entity of each archetype with every component, and reports no problem", async () => {
    const file = join(folder, "archetypes.rrd");
    await archetypes.writeArchetypes(file);
    const images = [{ path: join(folder, "archetypes.png"), ...archetypes.IMAGE }];
    await viewer.open(file);
    await archetypes.expectArchetypes(await viewer.report({ images }), file);
  });
});
