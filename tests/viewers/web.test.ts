import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { isCi } from "@rerun-ts/test-support/node/environment";
import type { RunningViewer } from "@rerun-ts/test-support/viewers/viewer-report";
import * as archetypes from "./archetypes.ts";
import { expectDemo, IMAGE, writeDemo } from "./demo.ts";
import { sharedWebViewer } from "./shared-viewers.ts";

const rerun = await findRerun();
const noChromium = chromiumPath() === undefined ? "Chromium is not there" : undefined;
const missing = rerun === undefined ? "rerun-sdk is not there" : noChromium;
if (missing !== undefined && isCi) throw new Error(missing);

describe.skipIf(missing !== undefined)("the real web viewer", () => {
  let folder: string;
  let viewer: RunningViewer;
  beforeAll(async () => {
    folder = makeTemporaryFolder().path;
    if (rerun === undefined) throw new Error(missing);
    viewer = await sharedWebViewer(rerun);
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

  it("rejects a file that is not a recording, which is reported with the reason", async () => {
    const file = join(folder, "other.rrd");
    await writeFile(file, "This is no recording.");
    await expect(viewer.open(file)).rejects.toThrow(/Not an RRD file/);
  });
});
