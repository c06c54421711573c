import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { chromium } from "@playwright/test";
import * as rr from "@rerun-ts/node";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { chromiumLaunchOptions, chromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { serveOwnPages } from "../e2e/serve.ts";
import type { StrongColors } from "@rerun-ts/test-support/viewers/viewer-report";
import { expectColors, showsColors } from "./colors.ts";
import { sharedWebViewer } from "./shared-viewers.ts";

const rerun = await findRerun();
const noChromium = chromiumPath() === undefined ? "Chromium is not there" : undefined;
const missing = rerun === undefined ? "rerun-sdk is not there" : noChromium;
if (missing !== undefined && isCi) throw new Error(missing);

/** Times in nanoseconds on the timeline `video`, between frames of a colour of the video, which ends with blue. */
const TIMES = { red: 0.55e9, green: 1.55e9 } as const;

let folder: string;
beforeAll(async () => {
  folder = makeTemporaryFolder().path;
});
afterAll(() => removeTemporaryFolder(folder));

it("the real web viewer shows the video of a page in every codec, with the colour of each time", async ({ skip }) => {
  skip(missing !== undefined, missing);
  const file = join(folder, "videos.rrd");
  await writeFile(file, await recordVideos());
  await expectShown(file, 0.5);
});

it("the real web viewer shows the frames of video files as a stream", async ({ skip }) => {
  skip(missing !== undefined, missing);
  const file = join(folder, "files.rrd");
  const rec = new rr.RecordingStream("files");
  await rec.save(file);
  // Chromium on Linux decodes no H.265.
  for (const name of ["av1", "vp9", "h264", "h264-fragments"])
    await rr.video.logVideoFile(rec, name, join(import.meta.dirname, `../conformance/assets/video/${name}.mp4`));
  await rec.close();
  // Squares in four views that are wider: with one view missing it is 0.31.
  await expectShown(file, 0.4);
});

it("the real web viewer shows the last image of an entity that changed its archetype", async ({ skip }) => {
  skip(missing !== undefined, missing);
  const file = join(folder, "changes.rrd");
  await writeFile(file, await recordVideos("recordChanges"));
  const shown = await expectShown(file, 0.3);
  // No view shows the image before.
  expect((shown.green?.red ?? Infinity) / (shown.green?.pixels ?? 1)).toBeLessThan(0.02);
});

/** Expects that the web viewer shows red and then green in this share of its image, without a complaint. */
async function expectShown(file: string, share: number): Promise<Readonly<Record<string, StrongColors | undefined>>> {
  if (rerun === undefined) throw new Error(missing);
  const colors = Object.entries(TIMES) as [keyof typeof TIMES, number][];
  const images = colors.map(([color, sequence]) => ({
    path: join(folder, `${color}.png`),
    timeline: "video",
    sequence,
    shows: showsColors({ [color]: share }),
  }));
  const viewer = await sharedWebViewer(rerun);
  // The views need most of the page, whose header and time panel keep their height.
  await viewer.resize({ width: 640, height: 480 });
  onTestFinished(() => viewer.resize());
  await viewer.open(file);
  const report = await viewer.report({ images });
  expect(report.errors).toEqual([]);
  expect(report.views.flatMap(({ reports }) => reports)).toEqual([]);
  for (const [index, [color]] of colors.entries()) {
    expectColors(report.images[index], { [color]: share });
  }
  return Object.fromEntries(colors.map(([color], index) => [color, report.images[index]]));
}

async function recordVideos(call: "recordVideos" | "recordChanges" = "recordVideos"): Promise<Buffer> {
  const pages = await serveOwnPages(["tests/e2e/pages/video.html"]);
  const browser = await chromium.launch(chromiumLaunchOptions());
  try {
    const page = await browser.newPage();
    await page.goto(`${pages.url}tests/e2e/pages/video.html`);
    await page.waitForFunction(() => "recordVideos" in window);
    return Buffer.from(await page.evaluate((name) => window[name](), call), "latin1");
  } finally {
    await browser.close();
    await pages.close();
  }
}
