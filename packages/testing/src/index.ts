// The entry point `@rerun-ts/testing`, separate so that only tests load its code.
export { matchers, type MatchPictureOptions, type MatchRecordingOptions, type MatcherContext } from "./matchers.ts";
export type { PictureSize } from "./headless-viewer.ts";
export type { RenderedSource } from "./recorded-file.ts";
export { renderRecording, type RenderOptions, type RenderTime } from "./render-recording.ts";
export type { MatcherResult } from "./stored-picture.ts";
