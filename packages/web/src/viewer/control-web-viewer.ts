import { RerunError } from "@rerun-ts/core";
import { encodeRrd } from "@rerun-ts/core/encode";
import { createViewerControl, viewerError, viewerStatus } from "@rerun-ts/core/viewer-control";
import type { ViewerControl, ViewerSelection } from "@rerun-ts/core/viewer-control";
import { callWebViewer, missingMethod } from "./call-web-viewer.ts";
import type { ControllableViewer } from "./controllable-viewer.ts";
import type { WebViewerChannelLike, WebViewerLike } from "./web-viewer-like.ts";

const NAME = "the viewer in this page";
/** Interval of checks whether the viewer was stopped, which it does not report. */
const POLL_MS = 100;

/** The metadata that names a table for a viewer in the page. Over gRPC the message has the name. */
const TABLE_ID = "__table_id";

/** A channel of a `WebViewer`, which takes tables, too. */
interface TableChannel extends WebViewerChannelLike {
  send_table(arrow: Uint8Array): void;
}

/** The method of viewers that have a call for the selection: none of 0.41. */
interface SelectingViewer {
  get_selection?(): Promise<ViewerSelection>;
}

/** Creates the control of a viewer in the page. */
export function controlWebViewer(viewer: WebViewerLike): ViewerControl {
  return createViewerControl("this page", {
    name: NAME,
    async call(request, signal) {
      requireRunning(viewer);
      const method = missingMethod(viewer, request.case);
      if (method !== undefined) {
        const versions = "`@rerun-io/web-viewer` has it in 0.41, and lacks it in 0.33";
        throw new RerunError("UNSUPPORTED", `${NAME} has no method \`${method}\`: ${versions}`);
      }
      const calling = callWebViewer(viewer as unknown as ControllableViewer, request);
      try {
        return await untilStopped(calling, viewer, signal);
      } catch (error) {
        requireRunning(viewer);
        throw errorOf(error);
      }
    },
    async selection(signal) {
      requireRunning(viewer);
      const asking = (viewer as WebViewerLike & SelectingViewer).get_selection?.();
      return asking && untilStopped(asking, viewer, signal);
    },
    send(messages) {
      // Throws instead of rejecting, which callers handle alike.
      requireRunning(viewer);
      const channel = viewer.open_channel("rerun-ts");
      channel.send_rrd(encodeRrd(messages, { footer: false }));
      channel.close();
      return Promise.resolve();
    },
    async sendTable(name, arrow) {
      const { withSchemaMetadata } = await import("@rerun-ts/core/rrd");
      requireRunning(viewer);
      const channel = viewer.open_channel("rerun-ts") as TableChannel;
      channel.send_table(withSchemaMetadata(arrow, TABLE_ID, name));
      channel.close();
    },
  });
}

function requireRunning({ ready }: WebViewerLike): void {
  if (!ready) throw new RerunError("CONNECTION", `${NAME} is stopped`);
}

/** Waits for a call, which a viewer that is stopped may never answer. */
async function untilStopped<T>(calling: Promise<T>, viewer: WebViewerLike, signal: AbortSignal): Promise<T> {
  const { canvas } = viewer;
  let timer: ReturnType<typeof setInterval> | undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => {
      if (signal.aborted) reject(new RerunError("ABORTED", "the call was aborted"));
      else if (!viewer.ready || viewer.canvas !== canvas)
        reject(new RerunError("CONNECTION", `${NAME} was stopped during the call`));
    }, POLL_MS);
  });
  try {
    return await Promise.race([calling, stopped]);
  } finally {
    clearInterval(timer);
    calling.catch(() => {});
  }
}

function errorOf(error: unknown): unknown {
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  if (name !== "ViewerControlError") return RerunError.from(error, "SERVER");
  return viewerError(NAME, viewerStatus(String(code)), String(message), error);
}
