// The entry point `@rerun-ts/testing`, separate so that only tests load its code.
export { matchers, type MatchPictureOptions, type MatchRecordingOptions, type MatcherContext } from "./matchers.ts";
export type { PictureSize } from "./headless-viewer.ts";
export type { RenderedSource } from "./recorded-file.ts";
export type { RenderOptions, RenderTime } from "./render-options.ts";
export { renderRecording } from "./render-recording.ts";
export type { RenderVideoOptions, RenderVideoProgress } from "./render-video-options.ts";
export { renderVideo } from "./render-video.ts";
export type { MatcherResult } from "./stored-picture.ts";
