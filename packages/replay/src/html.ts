// The entry point `@rerun-ts/replay/html`: a recorded page for the one HTML file of `recordingToHtml`.
export type { HtmlReplay } from "@rerun-ts/core/viewer-page";
export { htmlReplay } from "./html/html-replay.ts";
export { pagesOf } from "./events/layout.ts";
