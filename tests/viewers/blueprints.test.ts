import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as rr from "@rerun-ts/node";
import * as rrb from "@rerun-ts/node/blueprint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { chromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { findRerun, type RealRerun } from "@rerun-ts/test-support/setup/rerun";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { openInNativeViewer } from "@rerun-ts/test-support/viewers/native-viewer";
import type { StrongColors, ViewerImage, ViewerReport } from "@rerun-ts/test-support/viewers/viewer-report";
import { openInWebViewer } from "@rerun-ts/test-support/viewers/web-viewer";
import { LAYOUTS } from "../../examples/node/layouts/layouts.ts";
import { logScene } from "../../examples/node/layouts/scene.ts";
import { RelayProgram } from "../processes/harness/relay-program.ts";

const rerun = await findRerun();

/** The views that each layout shows, as `class name`, and a colour of theirs, if they have any of their own. */
const SHOWN: Readonly<Record<string, Shown>> = {
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

type Shown = readonly [views: readonly string[], color?: keyof StrongColors];
type Viewer = (rerun: RealRerun, file: string, images: readonly ViewerImage[]) => Promise<ViewerReport>;

const VIEWERS: Readonly<Record<string, { readonly missing: string | undefined; readonly open: Viewer }>> = {
  native: {
    missing: hasVulkan() ? undefined : "there is no Vulkan driver",
    open: (real, file, images) =>
      openInNativeViewer(real, file, { images: images.map((image) => ({ ...image, settleSeconds: 3 })) }),
  },
  web: {
    missing: chromiumPath() === undefined ? "Chromium is not there" : undefined,
    open: (real, file, images) => openInWebViewer(real, file, { images }),
  },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rerun-ts-layouts-"));
});
afterAll(() => rm(folder, { recursive: true }));

it("there is a layout for each kind of view and container", () => {
  expect(Object.keys(LAYOUTS)).toEqual(Object.keys(SHOWN));
});

describe.each(Object.entries(VIEWERS))("the real %s viewer shows the layout", (viewer, { missing, open }) => {
  const reason = rerun === undefined ? "rerun-sdk is not there" : missing;
  if (reason !== undefined && isCi) throw new Error(reason);

  it.for(Object.entries<Shown>(SHOWN))("%s", async ([name, [views, color]], { skip }) => {
    skip(reason !== undefined, reason);
    if (rerun === undefined) throw new Error(reason);
    const stem = join(folder, `${name}.${viewer}`);
    await writeLayout(name, `${stem}.rrd`);
    const image = { path: `${stem}.png`, timeline: "frame", sequence: 40 };
    const report = await open(rerun, `${stem}.rrd`, [image]);
    expect(report.errors).toEqual([]);
    expect(report.views.map((view) => `${view.view_class} ${view.name}`).sort()).toEqual(views);
    const problems = report.views.flatMap(({ reports }) => reports).filter(({ summary }) => !ABOUT_SOUND.test(summary));
    expect(problems).toEqual([]);
    if (color !== undefined) expect(report.images[0]?.[color]).toBeGreaterThan(200);
  });
});

it("`rerun-ts view scene.rrd layout.rbl` shows the scene with the layout of the file", async ({ skip }) => {
  const reason = rerun === undefined ? "rerun-sdk is not there" : VIEWERS["web"]?.missing;
  skip(reason !== undefined, reason);
  if (rerun === undefined) throw new Error(reason);
  const application = "layouts_file";
  const [scene, layout] = [join(folder, "scene.rrd"), join(folder, "layout.rbl")];
  const recording = new rr.RecordingStream(application);
  await recording.save(scene);
  logScene(recording);
  await recording.close();
  await rr.saveBlueprint(
    new rrb.Blueprint(new rrb.TensorView({ name: "a slice", origin: "/tensor" })),
    application,
    layout,
  );
  const env = { PATH: `${dirname(rerun.rerun)}:${process.env["PATH"]}`, XDG_CACHE_HOME: folder };
  const program = await RelayProgram.start(
    ["view", "--port", "0", "--no-open", scene, layout],
    /^The web viewer is at /,
    {
      env,
    },
  );
  try {
    const page = new URL(program.url);
    const [file = "", ...others] = page.searchParams.getAll("url");
    const report = await openInWebViewer(rerun, file, { viewer: page.origin, others });
    expect(report.errors).toEqual([]);
    expect(report.views.map((view) => `${view.view_class} ${view.name}`)).toEqual(["Tensor a slice"]);
  } finally {
    await program.interrupt();
  }
});

/** Writes the scene of the example with one of its layouts. */
async function writeLayout(name: string, file: string): Promise<void> {
  const recording = new rr.RecordingStream(`layouts_${name}`, { strict: true });
  await recording.save(file, { defaultBlueprint: LAYOUTS[name]?.() });
  logScene(recording);
  await recording.close();
}
