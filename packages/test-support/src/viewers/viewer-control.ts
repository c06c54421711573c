import { create, fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import type { Page } from "@playwright/test";
import { TimeType } from "../../../core/dist/gen/rerun/common/v1alpha1/common_pb.js";
import {
  PlayState,
  ViewerControlRequestSchema,
  ViewerControlResponseSchema,
  type GetStateResponse,
  type ViewerControlResponse,
} from "../../../core/dist/gen/rerun/viewer_control/v1alpha1/viewer_control_pb.js";
import type { ReportedRecording, ReportedView, ViewerImage, ViewerReport } from "./viewer-report.ts";

type Request = NonNullable<MessageInitShape<typeof ViewerControlRequestSchema>["kind"]>;
type Response = ViewerControlResponse["kind"];

declare global {
  /** The handle of the viewer, which its page provides once the viewer has started. */
  var _handle: { viewer_control(request: Uint8Array): Promise<Uint8Array> } | undefined;
}

const TIME_TYPES: Readonly<Partial<Record<TimeType, string>>> = {
  [TimeType.SEQUENCE]: "sequence",
  [TimeType.DURATION_NS]: "duration",
  [TimeType.TIMESTAMP_NS]: "timestamp",
};

/** Returns the recordings that the web viewer in a page has open. It responds after it has drawn a frame. */
export async function viewerState(page: Page): Promise<GetStateResponse> {
  return (await ask(page, { case: "getState", value: {} }, "getState")).value;
}

/** Pauses all recordings, which play by themselves at first; at a time of a timeline, if one is given. */
export async function pause(page: Page, time?: Omit<ViewerImage, "path">): Promise<void> {
  const at = time && { timeline: { name: time.timeline }, time: { time: BigInt(time.sequence) } };
  for (const { storeId } of (await viewerState(page)).recordings) {
    const value = { storeId, ...at, playState: PlayState.PAUSED };
    await ask(page, { case: "setTimeCursor", value }, "setTimeCursor");
  }
}

/** Returns what the viewer shows, in the form in which viewer_report.py reports it of the native viewer. */
export async function describeViewer(page: Page): Promise<Pick<ViewerReport, "recordings" | "views">> {
  const { recordings, views } = await viewerState(page);
  const described: ReportedRecording[] = [];
  for (const recording of recordings) described.push(await describeRecording(page, recording));
  return { recordings: described, views: views.map(describeView) };
}

async function describeRecording(
  page: Page,
  { storeId, timelines }: GetStateResponse["recordings"][number],
): Promise<ReportedRecording> {
  const value = { storeId, maxEntities: 2000, withComponents: true };
  const { entities } = (await ask(page, { case: "getRecordingSchema", value }, "getRecordingSchema")).value;
  return {
    store_id: storeId,
    timelines: Object.fromEntries(
      timelines.map(({ timeline, timeType }) => [timeline?.name ?? "", TIME_TYPES[timeType] ?? "unknown"]),
    ),
    entities: Object.fromEntries(
      entities.map(({ entityPath, components }) => [entityPath, components.map((one) => one.component).sort()]),
    ),
  };
}

function describeView(view: GetStateResponse["views"][number]): ReportedView {
  return {
    view_id: view.viewId,
    view_class: view.class,
    name: view.name,
    origin: view.origin,
    visible: view.visible,
    reports: view.reports.map(({ severity, summary, details = null }) => ({ severity, summary, details })),
  };
}

/** Calls the ViewerControl API of the viewer in a page. */
async function ask<Case extends Response["case"]>(
  page: Page,
  kind: Request,
  expected: Case,
): Promise<Extract<Response, { case: Case }>> {
  const request = toBinary(ViewerControlRequestSchema, create(ViewerControlRequestSchema, { kind }));
  const answer = await page.evaluate(
    async (bytes) => Array.from((await globalThis._handle?.viewer_control(Uint8Array.from(bytes))) ?? []),
    Array.from(request),
  );
  const response = fromBinary(ViewerControlResponseSchema, Uint8Array.from(answer)).kind;
  if (response.case !== expected) throw new Error(`the web viewer answers with ${response.case}, not ${expected}`);
  return response as Extract<Response, { case: Case }>;
}
