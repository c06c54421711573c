/** A channel to a viewer of `@rerun-io/web-viewer`, as returned by its `open_channel`. */
export interface WebViewerChannelLike {
  /** Whether the viewer accepts data. Otherwise it ignores sent data. */
  readonly ready: boolean;
  /** Passes a complete `.rrd` to the viewer. */
  send_rrd(rrd: Uint8Array): void;
  close(): void;
}

/** The part of a `WebViewer` of `@rerun-io/web-viewer` for a {@link WebViewerSink}. */
export interface WebViewerLike {
  /** Whether the viewer is running: it was started, and not stopped. */
  readonly ready: boolean;
  /** Opens a channel. `name` is the name of the source in the viewer. */
  open_channel(name?: string): WebViewerChannelLike;
  /** The canvas of the viewer. Each start creates a new one. */
  readonly canvas?: unknown;
}
