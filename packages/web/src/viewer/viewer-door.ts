import { RerunError } from "@rerun-ts/core";
import { describeValue } from "@rerun-ts/core/internal";
import type { WebViewerChannelLike, WebViewerLike } from "./web-viewer-like.ts";

/** The way into a viewer: opened when the viewer is ready, and anew when it was started anew. */
export interface ViewerDoor {
  /** The channel to send to, if there is one now. Throws if there will be none any more. */
  channel(): WebViewerChannelLike | undefined;
  /** Lets go of the channel. */
  close(): void;
}

/** @throws {TypeError} if it is neither a viewer nor a channel. */
export function findDoor(viewer: WebViewerLike | WebViewerChannelLike, name: string): ViewerDoor {
  const { open_channel, send_rrd } = (viewer ?? {}) as Partial<WebViewerLike & WebViewerChannelLike>;
  if (typeof open_channel === "function") return new DoorOfViewer(viewer as WebViewerLike, name);
  if (typeof send_rrd === "function") return new DoorOfChannel(viewer as WebViewerChannelLike);
  throw new TypeError(
    `\`viewer\` must be a WebViewer of @rerun-io/web-viewer or one of its channels, got ${describeValue(viewer)}`,
  );
}

class DoorOfViewer implements ViewerDoor {
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
    // After a new start, which has a new canvas, old channels say that they are ready, and lead nowhere.
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

class DoorOfChannel implements ViewerDoor {
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
      "the channel of the web viewer was closed; give `WebViewerSink` the viewer itself to go on after a new start",
    );
  }

  close(): void {
    this.#channel.close();
  }
}
