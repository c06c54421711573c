// The entry point `@rerun-ts/node/web-viewer`: the files of the web viewer, and a server for them. It is not part of
// the public API.
export { findViewerForPages } from "./web-viewer/find-viewer.ts";
export { npmViewerVersion, VIEWER_PACKAGE } from "./web-viewer/npm-files.ts";
export type { ServeWebViewerOptions } from "./web-viewer/serve-web-viewer-options.ts";
export { unpackViewer } from "./web-viewer/viewer-files.ts";
export { type Handler, type WebViewerServer, prepareViewer, serveViewerWith } from "./web-viewer/viewer-server.ts";
export { openInBrowser } from "./web-viewer/open-in-browser.ts";
