// The namespace `video`: frames of encoded videos.
export type { VideoSample } from "./media/video/sample-splitter.ts";
export { videoSamples, type VideoSamplesOptions } from "./media/video/video-samples.ts";
