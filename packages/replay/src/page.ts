// The entry point `@rerun-ts/replay/page`: a recorded page for the one HTML file of `recordingToHtml`.
export { replayPart, type ReplayPagePart } from "./page/replay-part.ts";
export { pagesOf } from "./events/layout.ts";
