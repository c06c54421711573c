import { RerunError } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import type { WebViewerChannelLike, WebViewerLike } from "./web-viewer-like.ts";

/** Provides the channel to a viewer, which is opened once the viewer is ready, and again after each restart. */
export interface ViewerChannelSource {
  /**
   * The channel to send to. `undefined` while there is none.
   * @throws {RerunError} `CLOSED` if there will never be one again
   */
  channel(): WebViewerChannelLike | undefined;
  close(): void;
}

/** The source for a viewer, or for one of its channels. @throws {TypeError} if `viewer` is neither */
export function channelSourceOf(viewer: WebViewerLike | WebViewerChannelLike, name: string): ViewerChannelSource {
  const { open_channel, send_rrd } = (viewer ?? {}) as Partial<WebViewerLike & WebViewerChannelLike>;
  if (typeof open_channel === "function") return new ViewerChannels(viewer as WebViewerLike, name);
  if (typeof send_rrd === "function") return new SingleChannel(viewer as WebViewerChannelLike);
  throw invalidArgument("viewer", "a WebViewer of @rerun-io/web-viewer or one of its channels", viewer);
}

class ViewerChannels implements ViewerChannelSource {
  readonly #viewer: WebViewerLike;
  readonly #name: string;
  #channel: WebViewerChannelLike | undefined;
  #canvas: unknown;

  constructor(viewer: WebViewerLike, name: string) {
    this.#viewer = viewer;
    this.#name = name;
  }

  channel(): WebViewerChannelLike | undefined {
    const { ready, canvas } = this.#viewer;
    // After a restart, which creates a new canvas, old channels claim to be ready but drop all messages.
    if (!ready || canvas !== this.#canvas) this.#channel = undefined;
    if (!ready) return undefined;
    this.#canvas = canvas;
    return (this.#channel ??= this.#viewer.open_channel(this.#name));
  }

  close(): void {
    if (this.#viewer.ready && this.#viewer.canvas === this.#canvas) this.#channel?.close();
    this.#channel = undefined;
  }
}

class SingleChannel implements ViewerChannelSource {
  readonly #channel: WebViewerChannelLike;
  #wasReady = false;

  constructor(channel: WebViewerChannelLike) {
    this.#channel = channel;
  }

  channel(): WebViewerChannelLike | undefined {
    if (this.#channel.ready) {
      this.#wasReady = true;
      return this.#channel;
    }
    if (!this.#wasReady) return undefined;
    throw new RerunError(
      "CLOSED",
      "the channel of the web viewer was closed; pass the viewer itself to `WebViewerSink` to continue after a restart",
    );
  }

  close(): void {
    this.#channel.close();
  }
}
