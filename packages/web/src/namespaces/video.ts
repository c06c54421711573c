// The namespace `video`: video of a page, encoded while it is captured, and frames of encoded videos.
export {
  logVideoFile,
  mp4Samples,
  toMp4,
  videoSamples,
  type LogVideoFileOptions,
  type LoggedVideo,
  type Mp4Contents,
  type Mp4Progress,
  type Mp4Sample,
  type Mp4SamplesOptions,
  type Mp4Source,
  type RecordedFrame,
  type RecordedStream,
  type RecordedVideo,
  type RecordedVideoFile,
  type ToMp4Options,
  type VideoRecording,
  type VideoSample,
  type VideoSamplesOptions,
  type VideoTimeline,
} from "@rerun-ts/types/media";
export { logCanvas } from "../video/log-canvas.ts";
export {
  logEncodedVideoChunk,
  type EncodedVideoChunkOptions,
  type VideoChunkMetadataLike,
} from "../video/log-encoded-video-chunk.ts";
export { logMediaStream } from "../video/log-media-stream.ts";
export { logVideoFrame, type VideoFrameOptions } from "../video/log-video-frame.ts";
export type { VideoCapture } from "../video/video-capture.ts";
export type { WebVideoCodec } from "../video/video-codec.ts";
export type { CapturedFrame, VideoOptions } from "../video/video-options.ts";
export type { VideoStats } from "../video/video-stats.ts";
