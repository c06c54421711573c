import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findRerun } from "../../tools/lib/python.mjs";
import { isCi, root } from "../../tools/lib/run.mjs";
import { openInViewer } from "../../tools/lib/viewer.mjs";
import { hasVulkan } from "../../tools/lib/vulkan.mjs";

const rerun = await findRerun();
const missing = rerun === undefined ? "rerun-sdk is not there" : hasVulkan() ? undefined : "there is no Vulkan driver";
if (missing !== undefined && isCi) throw new Error(missing);

/** What the demo logs. */
const ENTITIES = {
  "/__properties": ["RecordingInfo:name", "RecordingInfo:start_time"],
  "/about": ["TextDocument:media_type", "TextDocument:text"],
  "/camera": [
    "Pinhole:color",
    "Pinhole:image_from_camera",
    "Pinhole:image_plane_distance",
    "Pinhole:resolution",
    "Transform3D:mat3x3",
    "Transform3D:translation",
  ],
  "/camera/image": ["Image:buffer", "Image:format"],
  "/heights": ["Scalars:scalars"],
  "/log": ["TextLog:color", "TextLog:level", "TextLog:text"],
  "/my_points": ["Points3D:colors", "Points3D:positions", "Points3D:radii"],
  ...Object.fromEntries(
    ["emerald", "ruby", "sapphire"].map((name) => [
      `/satellites/${name}`,
      [
        "Boxes3D:colors",
        "Boxes3D:fill_mode",
        "Boxes3D:half_sizes",
        "Boxes3D:labels",
        "Transform3D:rotation_axis_angle",
        "Transform3D:translation",
      ],
    ]),
  ),
};

describe.skipIf(missing !== undefined)("the real native viewer", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rerun-ts-viewer-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("shows the demo: every entity and component, no error, and its colours", async () => {
    const file = join(folder, "demo.rrd");
    await promisify(execFile)("npx", ["--no-install", "tsx", "examples/node/demo/main.ts", file, "--exit"], {
      cwd: root,
    });
    const picture = { path: join(folder, "demo.png"), timeline: "frame", sequence: 60 };
    if (rerun === undefined) throw new Error(missing);
    const report = await openInViewer(rerun, file, { pictures: [picture] });
    expect(report.errors).toEqual([]);
    expect(report.recordings).toHaveLength(1);
    expect(report.recordings[0].entities).toEqual(ENTITIES);
    expect(report.recordings[0].timelines).toEqual({ frame: "sequence", log_time: "timestamp", time: "duration" });
    const views = report.views as { view_class: string; reports: unknown[] }[];
    expect(views.map(({ view_class }) => view_class).sort()).toEqual([
      "2D",
      "3D",
      "TextDocument",
      "TextLog",
      "TimeSeries",
    ]);
    expect(views.flatMap(({ reports }) => reports)).toEqual([]);
    // The cube has all colours, in the 3D view and in the camera's picture; an empty viewer has next to none.
    const { red, green, blue } = report.pictures[0];
    for (const count of [red, green, blue]) expect(count).toBeGreaterThan(1500);
  });
});
