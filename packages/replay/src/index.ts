// The entry point `@rerun-ts/replay`: records what is on a page.
export { recordPage, type RecordedPage } from "./record/record-page.ts";
export type { RecordPageOptions } from "./record/record-options.ts";
