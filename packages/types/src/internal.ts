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
export type { BoundedText } from "./logs/bounded-text.ts";
export { levelOf } from "./logs/level-of.ts";
export { LineLog, type LogLine } from "./logs/line-log.ts";
export { setSharp, type Sharp } from "./media/jpeg.ts";
export { writeFields } from "./logs/write-fields.ts";
export { writeValue } from "./logs/write-value.ts";
export { codecOf } from "./archetypes/video-stream.ts";
export { isKeyframe } from "./media/video/is-keyframe.ts";
export { annexBConverter, type NalCodec } from "./media/video/annex-b.ts";
export type { VideoCodec } from "./gen/components/video-codec.ts";
export { readGeometry, type Geometry } from "./ext/geometry.ts";
export { videoSamples, type VideoSamplesOptions } from "./media/video/video-samples.ts";
export type { VideoSample } from "./media/video/sample-splitter.ts";
