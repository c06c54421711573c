import {
  QUEUE_OPTIONS,
  QueuedSink,
  describeUnknown,
  notNegative,
  randomId,
  type QueueOptions,
} from "@rerun-ts/core/internal";
import { findDoor } from "./viewer-door.ts";
import { ViewerWriter } from "./viewer-writer.ts";
import type { WebViewerChannelLike, WebViewerLike } from "./web-viewer-like.ts";

const MIB = 1024 * 1024;

/** Options of a {@link WebViewerSink}. */
export interface WebViewerSinkOptions extends QueueOptions {
  /** About how many bytes the viewer is handed in one frame, so that it goes on drawing; at least one message. Default 1 MiB. */
  maxFrameBytes?: number | undefined;
  /** What the viewer calls this source. Default `rerun-ts`. */
  channelName?: string | undefined;
}

const KNOWN: Readonly<Record<keyof WebViewerSinkOptions, 1>> = { maxFrameBytes: 1, channelName: 1, ...QUEUE_OPTIONS };

/**
 * Shows a recording in a viewer of `@rerun-io/web-viewer` in the same page, without any server. It waits until the
 * viewer is ready; `flush` means that the viewer was handed everything. A viewer that is stopped and started again is
 * told the recording's information, its blueprint and its static data first, then what comes; what the first one had
 * with times is gone.
 *
 * @example
 * const viewer = new WebViewer();
 * await viewer.start(null, document.querySelector("#viewer"), { width: "100%", height: "100%" });
 * await rec.setSink(new rr.WebViewerSink(viewer));
 */
export class WebViewerSink extends QueuedSink {
  /**
   * @param viewer a `WebViewer`, started or not yet; or a channel of one, which ends with its viewer
   * @throws {TypeError} if it is neither, or an option is wrong.
   */
  constructor(viewer: WebViewerLike | WebViewerChannelLike, options: WebViewerSinkOptions = {}) {
    const door = findDoor(viewer, options.channelName ?? "rerun-ts");
    const frameBytes = notNegative("maxFrameBytes", options.maxFrameBytes ?? MIB);
    super(
      {
        kind: "webViewer",
        url: { href: "the web viewer", origin: randomId() },
        notice: describeUnknown("WebViewerSink", options, KNOWN),
        makeWriter: (queue, events) => new ViewerWriter(queue, door, frameBytes, events),
      },
      options,
    );
  }
}
