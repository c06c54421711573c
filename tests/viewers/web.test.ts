import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { openInWebViewer } from "@rerun-ts/test-support/viewers/web-viewer";
import * as archetypes from "./archetypes.ts";
import { expectDemo, IMAGE, writeDemo } from "./demo.ts";

const rerun = await findRerun();
const noChromium = chromiumPath() === undefined ? "Chromium is not there" : undefined;
const missing = rerun === undefined ? "rerun-sdk is not there" : noChromium;
if (missing !== undefined && isCi) throw new Error(missing);

describe("the real web viewer", () => {
  let folder: string;
  beforeAll(async () => {
    folder = makeTemporaryFolder().path;
  });
  afterAll(() => removeTemporaryFolder(folder));

  it("shows the demo with every entity and component and its colours, without errors", async ({ skip }) => {
    skip(missing !== undefined, missing);
    if (rerun === undefined) throw new Error(missing);
    const file = join(folder, "demo.rrd");
    await writeDemo(file);
    expectDemo(await openInWebViewer(rerun, file, { images: [{ path: join(folder, "demo.png"), ...IMAGE }] }));
  });

  it("shows an entity of each archetype with every component, and reports no problem", async ({ skip }) => {
    skip(missing !== undefined, missing);
    if (rerun === undefined) throw new Error(missing);
    const file = join(folder, "archetypes.rrd");
    await archetypes.writeArchetypes(file);
    const images = [{ path: join(folder, "archetypes.png"), ...archetypes.IMAGE }];
    await archetypes.expectArchetypes(await openInWebViewer(rerun, file, { images }), file);
  });

  it("rejects a file that is not a recording, which is reported with the reason", async ({ skip }) => {
    skip(missing !== undefined, missing);
    if (rerun === undefined) throw new Error(missing);
    const file = join(folder, "other.rrd");
    await writeFile(file, "This is no recording.");
    await expect(openInWebViewer(rerun, file)).rejects.toThrow(/Not an RRD file/);
  });
});
