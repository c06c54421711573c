import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath } from "../../tools/lib/chromium.mjs";
import { findRerun } from "../../tools/lib/python.mjs";
import { isCi } from "../../tools/lib/run.mjs";
import { openInWebViewer } from "../../tools/lib/web-viewer.mjs";
import * as archetypes from "./archetypes.ts";
import { expectDemo, PICTURE, writeDemo } from "./demo.ts";

const rerun = await findRerun();
const noChromium = chromiumPath() === undefined ? "Chromium is not there" : undefined;
const missing = rerun === undefined ? "rerun-sdk is not there" : noChromium;
if (missing !== undefined && isCi) throw new Error(missing);

describe("the real web viewer", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rerun-ts-web-viewer-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("shows the demo: every entity and component, no error, and its colours", async ({ skip }) => {
    skip(missing !== undefined, missing);
    if (rerun === undefined) throw new Error(missing);
    const file = join(folder, "demo.rrd");
    await writeDemo(file);
    expectDemo(await openInWebViewer(rerun, file, { pictures: [{ path: join(folder, "demo.png"), ...PICTURE }] }));
  });

  it("shows an entity of each archetype, every component, and reports nothing", async ({ skip }) => {
    skip(missing !== undefined, missing);
    if (rerun === undefined) throw new Error(missing);
    const file = join(folder, "archetypes.rrd");
    await archetypes.writeArchetypes(file);
    const pictures = [{ path: join(folder, "archetypes.png"), ...archetypes.PICTURE }];
    await archetypes.expectArchetypes(await openInWebViewer(rerun, file, { pictures }), file);
  });

  it("refuses a file that is no recording, and its reason is told", async ({ skip }) => {
    skip(missing !== undefined, missing);
    if (rerun === undefined) throw new Error(missing);
    const file = join(folder, "other.rrd");
    await writeFile(file, "This is no recording.");
    await expect(openInWebViewer(rerun, file)).rejects.toThrow(/Not an RRD file/);
  });
});
