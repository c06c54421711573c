import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { TimeType } from "../../packages/core/dist/gen/rerun/common/v1alpha1/common_pb.js";
import {
  PlayState,
  ViewerControlRequestSchema,
  ViewerControlResponseSchema,
} from "../../packages/core/dist/gen/rerun/viewer_control/v1alpha1/viewer_control_pb.js";

const TIME_TYPES = {
  [TimeType.SEQUENCE]: "sequence",
  [TimeType.DURATION_NS]: "duration",
  [TimeType.TIMESTAMP_NS]: "timestamp",
};

/** What the web viewer in a page has open. It answers after it has drawn a frame. */
export function viewerState(page) {
  return ask(page, { case: "getState", value: {} });
}

/** Stops all recordings, which play by themselves at first; at a time of a sequence, if one is given. */
export async function pause(page, { timeline, sequence } = {}) {
  const at = timeline === undefined ? {} : { timeline: { name: timeline }, time: { time: BigInt(sequence) } };
  for (const { storeId } of (await viewerState(page)).recordings) {
    await ask(page, { case: "setTimeCursor", value: { storeId, ...at, playState: PlayState.PAUSED } });
  }
}

/**
 * What the viewer shows, as viewer_report.py tells it of the native viewer.
 * @returns {Promise<Pick<import("./viewer.mjs").ViewerReport, "recordings" | "views">>}
 */
export async function describeViewer(page) {
  const state = await viewerState(page);
  const recordings = [];
  for (const { storeId, timelines } of state.recordings) {
    const value = { storeId, maxEntities: 2000, withComponents: true };
    const { entities } = await ask(page, { case: "getRecordingSchema", value });
    recordings.push({
      store_id: storeId,
      timelines: Object.fromEntries(timelines.map(({ timeline, timeType }) => [timeline?.name, TIME_TYPES[timeType]])),
      entities: Object.fromEntries(
        entities.map(({ entityPath, components }) => [entityPath, components.map((one) => one.component).sort()]),
      ),
    });
  }
  const views = state.views.map((view) => ({
    view_id: view.viewId,
    view_class: view.class,
    name: view.name,
    origin: view.origin,
    visible: view.visible,
    reports: view.reports.map(({ severity, summary, details = null }) => ({ severity, summary, details })),
  }));
  return { recordings, views };
}

/** Asks through the ViewerControl API of the handle that the viewer's page keeps in `_handle`. */
async function ask(page, kind) {
  const request = toBinary(ViewerControlRequestSchema, create(ViewerControlRequestSchema, { kind }));
  const answer = await page.evaluate(
    async (bytes) => Array.from(await globalThis._handle.viewer_control(Uint8Array.from(bytes))),
    Array.from(request),
  );
  return fromBinary(ViewerControlResponseSchema, Uint8Array.from(answer)).kind.value;
}
