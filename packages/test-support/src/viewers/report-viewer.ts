import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual as isDeepEqual } from "node:util";
import type { GetStateResponse } from "../../../core/dist/gen/rerun/viewer_control/v1alpha1/viewer_control_pb.js";
import { imageAtRest } from "./image-at-rest.ts";
import type { ViewerControl } from "./viewer-control.ts";
import type { ReportOptions, StrongColors, ViewerReport } from "./viewer-report.ts";

const LOAD_MS = 60_000;
const VIEWS_MS = 20_000;
const POLL_MS = 50;

/**
 * Waits until a viewer has loaded a recording.
 * @param findError the reason why there will be none, once that is known
 */
export async function waitUntilLoaded(control: ViewerControl, findError: () => string | undefined): Promise<void> {
  for (const end = Date.now() + LOAD_MS; ; await sleep(POLL_MS)) {
    const { recordings, loading } = await control.state();
    const isLoaded = recordings.some(({ timelines }) => timelines.length > 0);
    if (loading.length === 0 && isLoaded) return;
    const error = findError();
    if (loading.length === 0 && error !== undefined) throw new Error(error);
    if (Date.now() > end) throw new Error("the viewer did not open the recording in time");
  }
}

/** Waits until a viewer shows views, takes images, and reports what it shows, except for errors. */
export async function reportOf(
  control: ViewerControl,
  { images = [], views }: ReportOptions = {},
  take: () => Promise<Uint8Array>,
): Promise<Omit<ViewerReport, "errors">> {
  const recordings = await waitForViews(control, views);
  const taken: StrongColors[] = [];
  for (const { path, shows, ...time } of images) {
    await control.pause(time, recordings);
    const { png, colors } = await imageAtRest(take, { shows });
    await writeFile(path, png);
    taken.push(colors);
  }
  // Views report problems while they draw.
  if (images.length === 0) await imageAtRest(take);
  return { ...(await control.describe()), images: taken };
}

/**
 * Waits until a viewer shows these views. When the time is over, returns: the report then has the views that the viewer
 * shows instead. Returns the recordings that are open, because a viewer draws a frame before each answer.
 */
async function waitForViews(
  control: ViewerControl,
  expected: readonly string[] | undefined,
): Promise<GetStateResponse["recordings"]> {
  for (const end = Date.now() + VIEWS_MS; ; await sleep(POLL_MS)) {
    const { views, recordings } = await control.state();
    const shown = views.map((view) => `${view.class} ${view.name}`).sort();
    const isShown = expected === undefined ? shown.length > 0 : isDeepEqual(shown, expected);
    if (isShown || Date.now() > end) return recordings;
  }
}
