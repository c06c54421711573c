import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { TimeType } from "../../../core/dist/gen/rerun/common/v1alpha1/common_pb.js";
import {
  PlayState,
  ViewerControlRequestSchema,
  type GetStateResponse,
  type ViewerControlRequest,
  type ViewerControlResponse,
} from "../../../core/dist/gen/rerun/viewer_control/v1alpha1/viewer_control_pb.js";
import type { ReportedRecording, ReportedView, ViewerImage, ViewerReport } from "./viewer-report.ts";

type Request = NonNullable<MessageInitShape<typeof ViewerControlRequestSchema>["kind"]>;
type Response = ViewerControlResponse["kind"];

/** Sends a request to a viewer, and returns its response. */
export type ViewerCall = (request: ViewerControlRequest) => Promise<ViewerControlResponse>;

const TIME_TYPES: Readonly<Partial<Record<TimeType, string>>> = {
  [TimeType.SEQUENCE]: "sequence",
  [TimeType.DURATION_NS]: "duration",
  [TimeType.TIMESTAMP_NS]: "timestamp",
};
/** Number of requests for an image that the software renderer of a busy machine did not finish in time. */
const SCREENSHOTS = 4;
const LATE = /timed out|timeout|deadline/i;
/** The message that the viewer logs about such a request. */
const LATE_IMAGE = /render screenshot.*(?:timed out|timeout)/i;

/** The ViewerControl API of a running viewer, native or in a page. */
export class ViewerControl {
  readonly #call: ViewerCall;
  #lastLog: bigint | undefined;

  constructor(call: ViewerCall) {
    this.#call = call;
  }

  /**
   * Returns the state of the viewer, such as its open recordings and views. The viewer responds after it has drawn a
   * frame.
   */
  async state(): Promise<GetStateResponse> {
    return (await this.#ask({ case: "getState", value: {} }, "getState")).value;
  }

  /** Opens a file or an address. */
  async open(url: string): Promise<void> {
    await this.#ask({ case: "open", value: { url, navigate: true } }, "open");
  }

  /** Closes all recordings. */
  async closeAll(): Promise<void> {
    await this.#ask({ case: "close", value: { target: { case: "all", value: true } } }, "close");
  }

  /** Runs a command of the viewer, such as `ui.toggle_selection_panel`. */
  async runCommand(id: string): Promise<void> {
    await this.#ask({ case: "runCommand", value: { id } }, "runCommand");
  }

  /**
   * Pauses all recordings, or those that are given. They play by themselves at first. With `time`, pauses them at this
   * time of a timeline.
   */
  async pause(
    time?: Pick<ViewerImage, "timeline" | "sequence">,
    recordings?: GetStateResponse["recordings"],
  ): Promise<void> {
    const at = time && { timeline: { name: time.timeline }, time: { time: BigInt(time.sequence) } };
    for (const { storeId } of recordings ?? (await this.state()).recordings) {
      const value = { storeId, ...at, playState: PlayState.PAUSED };
      await this.#ask({ case: "setTimeCursor", value }, "setTimeCursor");
    }
  }

  /** Takes an image of the whole viewer, as PNG. */
  async screenshot(): Promise<Uint8Array> {
    const reasons: unknown[] = [];
    while (reasons.length < SCREENSHOTS) {
      try {
        return (await this.#ask({ case: "saveScreenshot", value: {} }, "saveScreenshot")).value.png ?? new Uint8Array();
      } catch (error) {
        if (!LATE.test(String(error))) throw error;
        reasons.push(error);
      }
    }
    throw new AggregateError(reasons, `the viewer did not draw an image in time: ${reasons.join("; ")}`);
  }

  /**
   * Returns the errors that the viewer has logged since the last call, except for images that it did not draw in time:
   * {@link screenshot} asks for these again.
   */
  async errors(): Promise<readonly string[]> {
    const afterSequence = this.#lastLog === undefined ? {} : { afterSequence: this.#lastLog };
    const { entries } = (await this.#ask({ case: "getLogs", value: afterSequence }, "getLogs")).value;
    this.#lastLog = entries.at(-1)?.sequence ?? this.#lastLog;
    const errors = entries.filter(({ level }) => level === "ERROR").map(({ message }) => message);
    return errors.filter((message) => !LATE_IMAGE.test(message));
  }

  /** Returns the recordings and views that the viewer shows. */
  async describe(): Promise<Pick<ViewerReport, "recordings" | "views">> {
    const { recordings, views } = await this.state();
    const described: ReportedRecording[] = [];
    for (const recording of recordings) described.push(await this.#describeRecording(recording));
    return { recordings: described, views: views.map(describeView) };
  }

  async #describeRecording({ storeId, timelines }: GetStateResponse["recordings"][number]): Promise<ReportedRecording> {
    const value = { storeId, maxEntities: 2000, withComponents: true };
    const { entities } = (await this.#ask({ case: "getRecordingSchema", value }, "getRecordingSchema")).value;
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

  async #ask<Case extends Response["case"]>(kind: Request, expected: Case): Promise<Extract<Response, { case: Case }>> {
    const { kind: response } = await this.#call(create(ViewerControlRequestSchema, { kind }));
    if (response.case !== expected) throw new Error(`the viewer answers with ${response.case}, not ${expected}`);
    return response as Extract<Response, { case: Case }>;
  }
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
