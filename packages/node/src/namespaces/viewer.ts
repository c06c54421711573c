// The namespace `viewer`: what controls a viewer, and what shows one.
export { parseProxyUrl, viewerUrl, type ProxyUrl, type LinkTime, type ViewerUrlOptions } from "@rerun-ts/core";
export { connectViewer, type ConnectViewerOptions } from "../viewer/connect-viewer.ts";
export type * from "@rerun-ts/core/viewer-types";
export { recordingToHtml, type PageRecordingLike } from "../web-viewer/recording-to-html.ts";
export type { PageRecording } from "@rerun-ts/core/recording";
export type { PagePanel, RecordingToHtmlOptions } from "@rerun-ts/core/viewer-page";
