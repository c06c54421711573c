// The namespace `viewer`: what controls a viewer, and what shows one.
export { parseProxyUrl, viewerUrl, type ProxyUrl, type LinkTime, type ViewerUrlOptions } from "@rerun-ts/core";
export {
  openWebViewer,
  type ElementLike,
  type OpenedWebViewer,
  type OpenWebViewerOptions,
  type WebViewerPanel,
} from "../viewer/open-web-viewer.ts";
export { connectViewer, type ConnectViewerOptions } from "../viewer/connect-viewer.ts";
export type * from "@rerun-ts/core/viewer-types";
export type { WebViewerEvent, WebViewerEvents, WebViewerSelectedItem } from "../viewer/viewer-events.ts";
export type { WebViewerChannelLike, WebViewerLike } from "../viewer/web-viewer-like.ts";
export { recordingToHtml } from "../viewer/recording-to-html.ts";
export type { PageRecording } from "@rerun-ts/core/recording";
export type { PagePanel, RecordingToHtmlOptions } from "@rerun-ts/core/viewer-page";
