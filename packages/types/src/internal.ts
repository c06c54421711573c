// Entry point for the sibling packages. Not part of the public API.
export {
  Archetype,
  archetypeNameOf,
  columnsOf,
  defineArchetype,
  updateOf,
  type ArchetypeDefinition,
  type FieldValues,
} from "./define/archetype.ts";
export { setSharp, type Sharp } from "./media/jpeg.ts";
export { codecOf } from "./archetypes/video-stream.ts";
export { isKeyframe } from "./media/video/is-keyframe.ts";
export { annexBConverter, type NalCodec } from "./media/video/annex-b.ts";
export type { VideoCodec } from "./gen/components/video-codec.ts";
export { videoSamples, type VideoSamplesOptions } from "./media/video/video-samples.ts";
export type { VideoSample } from "./media/video/sample-splitter.ts";
