import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { openInNativeViewer } from "@rerun-ts/test-support/viewers/native-viewer";
import type { StrongColors } from "@rerun-ts/test-support/viewers/viewer-report";
import { LAYOUTS } from "../../examples/node/layouts/layouts.ts";
import { logScene } from "../../examples/node/layouts/scene.ts";

const rerun = await findRerun();
const missing = rerun === undefined ? "rerun-sdk is not there" : hasVulkan() ? undefined : "there is no Vulkan driver";
if (missing !== undefined && isCi) throw new Error(missing);

/** The views that each layout shows, as `class name`, and a colour of theirs, if they have any of their own. */
const SHOWN: Readonly<Record<string, readonly [views: readonly string[], color?: keyof StrongColors]>> = {
  spatial3d: [["3D ball and box"], "red"],
  spatial2d: [["2D stripes"], "green"],
  "time-series": [["TimeSeries curves"], "red"],
  "bar-chart": [["BarChart digits"], "red"],
  tensor: [["Tensor a slice"], "green"],
  map: [["Map route"], "red"],
  graph: [["Graph star"], "red"],
  "text-log": [["TextLog warnings"]],
  "text-document": [["TextDocument notes"]],
  dataframe: [["Dataframe table"]],
  "state-timeline": [["StateTimeline door"], "red"],
  audio: [["Audio tone"]],
  tabs: [["3D ball", "TextDocument notes", "TimeSeries curves"]],
  horizontal: [["3D ball", "TimeSeries curves"], "red"],
  vertical: [["3D ball", "TextLog messages", "TimeSeries curves"], "red"],
  grid: [["3D ball", "TextDocument notes", "TextLog messages", "TimeSeries curves"], "red"],
};

/** Warnings that a sound is not played. */
const ABOUT_SOUND = /^(?:Audio only plays on|No audio output device)/;

describe.skipIf(missing !== undefined)("the real native viewer shows the layout", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rerun-ts-layouts-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("of every example, and there is one for each kind of view and container", () => {
    expect(Object.keys(LAYOUTS)).toEqual(Object.keys(SHOWN));
  });

  it.for(Object.keys(SHOWN))("%s", async (name) => {
    if (rerun === undefined) throw new Error(missing);
    const [views, color] = SHOWN[name] ?? [[]];
    const recording = new rr.RecordingStream(`layouts_${name}`, { strict: true });
    const file = join(folder, `${name}.rrd`);
    await recording.save(file, { defaultBlueprint: LAYOUTS[name]?.() });
    logScene(recording);
    await recording.close();
    const image = { path: join(folder, `${name}.png`), timeline: "frame", sequence: 40, settleSeconds: 3 };
    const report = await openInNativeViewer(rerun, file, { images: [image] });
    expect(report.errors).toEqual([]);
    expect(report.views.map((view) => `${view.view_class} ${view.name}`).sort()).toEqual(views);
    const problems = report.views.flatMap(({ reports }) => reports).filter(({ summary }) => !ABOUT_SOUND.test(summary));
    expect(problems).toEqual([]);
    if (color !== undefined) expect(report.images[0]?.[color]).toBeGreaterThan(200);
  });
});
