// The entry point `@rerun-ts/core/viewer-page`: pages with recordings and a viewer in them. `node` and `web` load it
// when a program makes such a page, and `replay` has its types. It is not part of the public API.
export { fetchViewer, versionOf } from "./viewer-page/fetch-viewer.ts";
export { makeViewerPage, type PageViewerSource } from "./viewer-page/make-viewer-page.ts";
export type { PagePanel, RecordingToHtmlOptions, HtmlReplay } from "./viewer-page/page-options.ts";
export { checkPageBytes, type RecordingContents } from "./viewer-page/page-recordings.ts";
export { checkViewerVersion, missingViewer, type PageViewer } from "./viewer-page/page-viewer.ts";
