// The entry point `@rerun-ts/types/media`: samples and codecs of videos, and the image library of Node.
// It is not part of the public API.
export { CODECS_BY_NUMBER, videoCodecOf } from "./archetypes/video-stream.ts";
export type { VideoCodec } from "./gen/components/video-codec.ts";
export { SHOWN_VIDEO, replacingImage, type ShownImage } from "./media/shown-image.ts";
export { setSharp, type Sharp } from "./media/jpeg.ts";
export { statedMediaType } from "./media/media-type.ts";
export { annexBConverter } from "./media/video/annex-b.ts";
export { isKeyframe } from "./media/video/is-keyframe.ts";
export { readMp4Facts } from "./media/video/mp4-samples.ts";
export { TO_MP4_OPTIONS } from "./media/video/to-mp4-options.ts";
export { mp4SourceOf } from "./media/mp4/mp4-source.ts";
export * from "./video.ts";
