// The entry point `@rerun-ts/node/testing`, separate so that only tests load its code.
export {
  matchers,
  type MatchPictureOptions,
  type MatchRecordingOptions,
  type MatcherContext,
} from "./testing/matchers.ts";
export type { PictureSize } from "./testing/headless-viewer.ts";
export type { RenderedSource } from "./testing/recorded-file.ts";
export { renderRecording, type RenderOptions, type RenderTime } from "./testing/render-recording.ts";
export type { MatcherResult } from "./testing/stored-picture.ts";
