// The namespace `video`: frames of encoded videos.
export type { Mp4Contents, Mp4Source } from "./media/mp4/mp4-source.ts";
export { logVideoFile, type LogVideoFileOptions, type LoggedVideo } from "./media/video/log-video-file.ts";
export { mp4Samples, type Mp4Sample, type Mp4SamplesOptions } from "./media/video/mp4-samples.ts";
export type { VideoSample } from "./media/video/sample-splitter.ts";
export { videoSamples, type VideoSamplesOptions } from "./media/video/video-samples.ts";
export type {
  RecordedFrame,
  RecordedStream,
  RecordedVideo,
  RecordedVideoFile,
  VideoTimeline,
} from "./media/video/video-timeline.ts";
export type { Mp4Progress, ToMp4Options } from "./media/video/to-mp4-options.ts";
export { toMp4, type VideoRecording } from "./media/video/to-mp4.ts";
