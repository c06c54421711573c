/** A way into a viewer of `@rerun-io/web-viewer`, as its `open_channel` gives it. */
export interface WebViewerChannelLike {
  /** Whether the viewer takes data; while not, it ignores what it is sent. */
  readonly ready: boolean;
  /** Takes a whole `.rrd`. */
  send_rrd(rrd: Uint8Array): void;
  close(): void;
}

/** What is needed of a `WebViewer` of `@rerun-io/web-viewer`. */
export interface WebViewerLike {
  /** Whether it was started, and not stopped. */
  readonly ready: boolean;
  open_channel(name?: string): WebViewerChannelLike;
  /** What it draws on: another one after each start. */
  readonly canvas?: unknown;
}
