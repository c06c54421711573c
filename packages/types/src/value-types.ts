// The entry point `@rerun-ts/types/value-types`: the namespace `types` of `node` and `web`, as far as this package
// goes. It is not part of the public API.
export type * from "./gen/archetype-types.ts";
export type { AllOptional, ColumnsOf, ComponentsOf, FromFieldsOptions, TypedField } from "./define/archetype.ts";
export type {
  CustomArchetype,
  CustomColumns,
  CustomFieldTypes,
  CustomFields,
  CustomOptions,
  CustomUpdate,
  DefineArchetypeOptions,
  FieldInput,
  FieldType,
  FieldValue,
} from "./define/custom-archetype.ts";
export type { Component, EnumComponent, EnumLike, OneOrMany, ValueOf } from "./define/codec.ts";
export type { RotationsLike } from "./ext/any-rotations.ts";
export type { BlobWithType, ContentsLike, RawContents } from "./ext/contents.ts";
export type { ImageLike, RasterLike } from "./ext/raster.ts";
export type { ImageFormatLike } from "./gen/encodings/image-format.ts";
export type { AngleLike, AnglesLike } from "./codecs/angles.ts";
export type {
  AnnotationContextsLike,
  AnnotationInfoLike,
  AnnotationInfosLike,
  ClassDescriptionLike,
  ClassDescriptionsLike,
  KeypointClassLike,
} from "./codecs/annotations.ts";
export type { BlobLike, BlobsLike } from "./codecs/blobs.ts";
export type { ColorLike, ColorsLike } from "./codecs/colors.ts";
export type { TensorElementType } from "./codecs/element-types.ts";
export type { HalfFloatsLike } from "./codecs/half-floats.ts";
export type { LineStrips2DLike, LineStrips3DLike, PartitionedStripsLike } from "./codecs/line-strips.ts";
export type { MatricesLike, MatrixLike, MatrixNumbers } from "./codecs/matrices.ts";
export type { IntegersLike, NumbersLike } from "./codecs/numbers.ts";
export type { TextLogLevelLike, TextLogLevelsLike } from "./codecs/log-levels.ts";
export type { MediaTypeLike, MediaTypesLike } from "./codecs/media-types.ts";
export type {
  ChannelCountLike,
  ChannelCountsLike,
  ChannelMessageCountsLike,
  KeyValuePairsLike,
  KeyValuesLike,
  KeypointPairLike,
  KeypointPairsLike,
  StringPairLike,
  StringPairsLike,
} from "./codecs/pairs.ts";
export type { PlaneLike, PlaneName, PlanesLike } from "./codecs/planes.ts";
export type { RangeLike, RangesLike, TimeSpanLike, TimeSpansLike } from "./codecs/ranges.ts";
export type { RotationAxisAngleLike, RotationAxisAnglesLike } from "./codecs/rotations.ts";
export type { Scale3DsLike } from "./codecs/scales.ts";
export type { NestedNumbers, TensorBufferLike, TensorBuffersLike, TensorLike, TensorsLike } from "./codecs/tensors.ts";
export type { BooleansLike, StringListsLike, StringsLike } from "./codecs/strings.ts";
export type { TimeIntLike, TimeIntsLike } from "./codecs/times.ts";
export type { TimestampsLike } from "./codecs/timestamps.ts";
export type { UuidLike, UuidsLike } from "./codecs/uuids.ts";
export type { ToArray, Vec2Like, Vec2sLike, Vec3Like, Vec3sLike, Vec4Like, Vec4sLike } from "./codecs/vectors.ts";
export type { VideoTimestampsLike } from "./codecs/video-timestamps.ts";
export type { ViewCoordinateSystemsLike, ViewCoordinatesLike, ViewDirection } from "./codecs/view-coordinates.ts";
export type { AnyValue, AnyValuesOptions } from "./dynamic/any-value.ts";
export type { ArrowBatchOptions } from "./dynamic/arrow-batch.ts";
export type { ArrowTypeLike, ArrowTypeName } from "./codecs/values/arrow-codec.ts";
export type { CaptureConsoleOptions, ConsoleLevel, ConsoleLike } from "./logs/capture-console.ts";
export type { LogBridgeOptions } from "./logs/line-log.ts";
export type { LogFileOptions } from "./files/log-file.ts";
export type {
  ArchetypeNames,
  ArchetypesOf,
  ChildNames,
  ChildOf,
  EntityTree,
  FieldsOf,
  TreeEntity,
  TreeNode,
} from "./tree/entity-tree.ts";
export type { ArchetypeType, EntityData, TreeDefinition } from "./tree/tree-definition.ts";
export type { ColorGridOptions, ColorSpiralOptions } from "./demo/demo-data.ts";
