// The namespace `video`: frames of encoded videos, also of files.
export {
  toMp4,
  videoSamples,
  type LoggedVideo,
  type Mp4Contents,
  type Mp4Progress,
  type Mp4Sample,
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
export {
  logVideoFile,
  mp4Samples,
  type LogVideoFileOptions,
  type Mp4SamplesOptions,
  type VideoFileLike,
} from "../file/open-video.ts";
export type { TranscodeOptions } from "../file/transcode-video.ts";
export { saveMp4 } from "../file/save-mp4.ts";
