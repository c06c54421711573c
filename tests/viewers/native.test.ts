import { join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, beforeAll, describe, it } from "vitest";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { openInNativeViewer } from "@rerun-ts/test-support/viewers/native-viewer";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import * as archetypes from "./archetypes.ts";
import { expectDemo, IMAGE, writeDemo } from "./demo.ts";

const rerun = await findRerun();
const missing = rerun === undefined ? "rerun-sdk is not there" : hasVulkan() ? undefined : "there is no Vulkan driver";
if (missing !== undefined && isCi) throw new Error(missing);

describe.skipIf(missing !== undefined)("the real native viewer", () => {
  let folder: string;
  beforeAll(async () => {
    folder = makeTemporaryFolder().path;
  });
  afterAll(() => removeTemporaryFolder(folder));

  it("shows the demo with every entity and component and its colours, without errors", async () => {
    const file = join(folder, "demo.rrd");
    await writeDemo(file);
    if (rerun === undefined) throw new Error(missing);
    expectDemo(await openInNativeViewer(rerun, file, { images: [{ path: join(folder, "demo.png"), ...IMAGE }] }));
  });

  it("shows an entity of each archetype with every component, and reports no problem", async () => {
    const file = join(folder, "archetypes.rrd");
    await archetypes.writeArchetypes(file);
    if (rerun === undefined) throw new Error(missing);
    const images = [{ path: join(folder, "archetypes.png"), ...archetypes.IMAGE }];
    await archetypes.expectArchetypes(await openInNativeViewer(rerun, file, { images }), file);
  });
});
