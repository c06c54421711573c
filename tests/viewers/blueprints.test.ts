import { dirname, join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import * as rr from "@rerun-ts/node";
import * as rrb from "@rerun-ts/node/blueprint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { chromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { findRerun, type RealRerun } from "@rerun-ts/test-support/setup/rerun";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import type { RunningViewer } from "@rerun-ts/test-support/viewers/viewer-report";
import { openInWebViewer } from "@rerun-ts/test-support/viewers/web-viewer";
import { LAYOUTS } from "../../examples/node/layouts/layouts.ts";
import { logScene } from "../../examples/node/layouts/scene.ts";
import { expectColors, showsColors, type LeastShares } from "./colors.ts";
import { sharedNativeViewer, sharedWebViewer } from "./shared-viewers.ts";
import { RelayProgram } from "../processes/harness/relay-program.ts";

const rerun = await findRerun();

/** The views that each layout shows, as `class name`, and one of their colours, if they have a colour of their own. */
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

type Shown = readonly [views: readonly string[], color?: keyof LeastShares];

const VIEWERS: Readonly<
  Record<string, { readonly missing: string | undefined; start(this: void, real: RealRerun): Promise<RunningViewer> }>
> = {
  native: {
    missing: hasVulkan() ? undefined : "there is no Vulkan driver",
    start: sharedNativeViewer,
  },
  web: {
    missing: chromiumPath() === undefined ? "Chromium is not there" : undefined,
    start: sharedWebViewer,
  },
};

let folder: string;
beforeAll(async () => {
  folder = makeTemporaryFolder().path;
});
afterAll(() => removeTemporaryFolder(folder));

it("there is a layout for each kind of view and container", () => {
  expect(Object.keys(LAYOUTS)).toEqual(Object.keys(SHOWN));
});

describe.each(Object.entries(VIEWERS))("the real %s viewer shows the layout", (viewer, { missing, start }) => {
  const reason = rerun === undefined ? "rerun-sdk is not there" : missing;
  if (reason !== undefined && isCi) throw new Error(reason);
  let running: RunningViewer | undefined;
  let recording: rr.RecordingStream | undefined;

  // One viewer for all: each layout replaces the one before.
  beforeAll(async () => {
    if (rerun === undefined || reason !== undefined) return;
    running = await start(rerun);
    await running.closeAll();
    recording = new rr.RecordingStream("layouts", { strict: true });
    await recording.connectGrpc(running.url, { waitForConnection: true, timeoutMs: 30_000 });
    logScene(recording);
    await recording.flush({ ack: true });
  });
  afterAll(() => recording?.close());

  it.for(Object.entries<Shown>(SHOWN))("%s", async ([name, [views, color]], { skip }) => {
    skip(reason !== undefined, reason);
    if (running === undefined || recording === undefined) throw new Error(reason);
    const layout = LAYOUTS[name]?.();
    if (layout === undefined) throw new Error(`there is no layout ${name}`);
    recording.sendBlueprint(layout);
    const least = color === undefined ? {} : { [color]: 0.0002 };
    const path = join(folder, `${name}.${viewer}.png`);
    const image = { path, timeline: "frame", sequence: 40, shows: showsColors(least) };
    const report = await running.report({ images: [image], views });
    expect(report.errors).toEqual([]);
    expect(report.views.map((view) => `${view.view_class} ${view.name}`).sort()).toEqual(views);
    const problems = report.views.flatMap(({ reports }) => reports).filter(({ summary }) => !ABOUT_SOUND.test(summary));
    expect(problems).toEqual([]);
    expectColors(report.images[0], least);
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
