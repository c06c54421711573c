// The entry point `@rerun-ts/types/media`: samples and codecs of videos, and the image library of Node.
// `arrow`, `node` and `web` may import it. It is not part of the public API.
export { videoCodecOf } from "./archetypes/video-stream.ts";
export type { VideoCodec } from "./gen/components/video-codec.ts";
export { SHOWN_VIDEO, replacingImage, type ShownImage } from "./media/shown-image.ts";
export { setSharp, type Sharp } from "./media/jpeg.ts";
export { statedMediaType } from "./media/media-type.ts";
export { annexBConverter } from "./media/video/annex-b.ts";
export { isKeyframe } from "./media/video/is-keyframe.ts";
export { logVideoFile, type LogVideoFileOptions, type LoggedVideo } from "./media/video/log-video-file.ts";
export { mp4Samples, readMp4Facts, type Mp4Sample, type Mp4SamplesOptions } from "./media/video/mp4-samples.ts";
export { mp4SourceOf, type Mp4Contents, type Mp4Source } from "./media/mp4/mp4-source.ts";
export type { VideoSample } from "./media/video/sample-splitter.ts";
export { videoSamples, type VideoSamplesOptions } from "./media/video/video-samples.ts";
