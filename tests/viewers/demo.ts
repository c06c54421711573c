import { expect } from "vitest";
import { runExample } from "@rerun-ts/test-support/examples/run-example";
import type { ViewerReport } from "@rerun-ts/test-support/viewers/viewer-report";
import { expectColors, showsColors, type LeastShares } from "./colors.ts";

/** The entities and components of the demo. */
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

/** The cube has all colours, in the 3D view and in the camera's picture. The selection is blue in any viewer. */
const COLORS: LeastShares = { red: 0.0015, green: 0.0015, blue: 0.008 };
/** The place and the time at which the demo has all its colours. */
export const IMAGE = { timeline: "frame", sequence: 60, shows: showsColors(COLORS) } as const;

/** Runs the demo, which writes its recording to a file. */
export async function writeDemo(file: string): Promise<void> {
  const { code, output } = await runExample("demo", [file, "--exit"], { capture: true });
  expect(code, output).toBe(0);
}

/** Fails unless a viewer shows all of the demo: every entity and component, no error, and its colours. */
export function expectDemo({ errors, recordings, views, images }: ViewerReport): void {
  expect(errors).toEqual([]);
  expect(recordings).toHaveLength(1);
  expect(recordings[0]?.entities).toEqual(ENTITIES);
  expect(recordings[0]?.timelines).toEqual({ frame: "sequence", log_time: "timestamp", time: "duration" });
  const classes = views.map(({ view_class }) => view_class);
  expect(classes.sort()).toEqual(["2D", "3D", "TextDocument", "TextLog", "TimeSeries"]);
  expect(views.flatMap(({ reports }) => reports)).toEqual([]);
  expect(images).toHaveLength(1);
  expectColors(images[0], COLORS);
}
