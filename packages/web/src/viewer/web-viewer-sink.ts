import type { EncodedMessage, ServerSinkOptions } from "@rerun-ts/core";
import { checkOptions, nonNegative, type OptionNames } from "@rerun-ts/core/checks";
import {
  LocalDelivery,
  SERVER_SINK_OPTIONS,
  ServerSink,
  type DeliveryQueue,
  type WriterEvents,
} from "@rerun-ts/core/transport";
import { randomId } from "@rerun-ts/core/util";
import { channelSourceOf } from "./viewer-channel.ts";
import { ViewerWriter } from "./viewer-writer.ts";
import type { WebViewerChannelLike, WebViewerLike } from "./web-viewer-like.ts";

const MIB = 1024 * 1024;

/** Options of a {@link WebViewerSink}. */
export interface WebViewerSinkOptions extends ServerSinkOptions {
  /**
   * The number of bytes for the viewer per animation frame, so it keeps rendering. At least one message is passed.
   * Default 1 MiB.
   */
  maxFrameBytes?: number | undefined;
  /** The name of this source in the viewer. Default `rerun-ts`. */
  channelName?: string | undefined;
}

/** The names of the options. */
export const WEB_VIEWER_SINK_OPTIONS: OptionNames<WebViewerSinkOptions> = {
  maxFrameBytes: 1,
  channelName: 1,
  ...SERVER_SINK_OPTIONS,
};

/**
 * Shows a recording in a viewer of `@rerun-io/web-viewer` in the same page, without a server. It is `connecting` until
 * the viewer is ready, and keeps the data for it. After `flush` the viewer has everything.
 *
 * A restarted viewer receives the retained state (store info, blueprint, static data) first, then new data. Earlier
 * temporal data is lost. The data for a viewer that never starts goes to the next sink of the recording. With a channel
 * instead of a viewer, the sink becomes `broken` when the channel is closed.
 *
 * @example
 * const viewer = new WebViewer();
 * await viewer.start(null, document.querySelector("#viewer"), { width: "100%", height: "100%" });
 * await rec.setSink(new rr.WebViewerSink(viewer));
 */
export class WebViewerSink extends ServerSink {
  readonly #delivery: () => ViewerDelivery | undefined;

  /**
   * @param viewer a `WebViewer`, started or not, or a channel of one. A channel is closed with its viewer
   * @throws {TypeError} if `viewer` is neither, or an option is wrong
   */
  constructor(viewer: WebViewerLike | WebViewerChannelLike, options: WebViewerSinkOptions = {}) {
    checkOptions("WebViewerSink", options, WEB_VIEWER_SINK_OPTIONS);
    const source = channelSourceOf(viewer, options.channelName ?? "rerun-ts");
    const frameBytes = nonNegative("maxFrameBytes", options.maxFrameBytes ?? MIB);
    let delivery: ViewerDelivery | undefined;
    super({
      kind: "webViewer",
      url: "the web viewer",
      destination: randomId(),
      options,
      byteCost: "free",
      warnsOnFirstFailure: true,
      takesBuffers: true,
      createDelivery: (limits, context) => {
        const createWriter = (queue: DeliveryQueue, events: WriterEvents): ViewerWriter =>
          new ViewerWriter(queue, source, frameBytes, events);
        return (delivery = new ViewerDelivery({ limits, sentWhen: "acknowledged", createWriter }, context));
      },
    });
    this.#delivery = () => delivery;
  }

  /** The messages for a viewer that has never started. The next sink of the recording gets them. */
  takeBacklog(): EncodedMessage[] {
    return this.#delivery()?.takeUnshown() ?? [];
  }
}

/** Passes messages to a viewer, and returns all of them if it has never started. */
class ViewerDelivery extends LocalDelivery {
  takeUnshown(): EncodedMessage[] {
    return (this.writer as ViewerWriter).hadChannel ? [] : this.queue.takeAll();
  }
}
