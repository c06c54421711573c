// The namespace `video`: frames of encoded videos, also of files.
export {
  videoSamples,
  type LoggedVideo,
  type Mp4Contents,
  type Mp4Sample,
  type Mp4Source,
  type VideoSample,
  type VideoSamplesOptions,
} from "@rerun-ts/types/media";
export {
  logVideoFile,
  mp4Samples,
  type LogVideoFileOptions,
  type Mp4SamplesOptions,
  type VideoFileLike,
} from "../file/open-video.ts";
export type { TranscodeOptions } from "../file/transcode-video.ts";
