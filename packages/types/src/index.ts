// generated: types
export {
  AnnotationContext,
  Arrows2D,
  Arrows3D,
  Asset3D,
  AssetAudio,
  AssetVideo,
  BarChart,
  Boxes2D,
  Boxes3D,
  Capsules3D,
  Clear,
  CoordinateFrame,
  Cylinders3D,
  DepthImage,
  Ellipses2D,
  Ellipsoids3D,
  EncodedDepthImage,
  EncodedImage,
  GaussianSplats3D,
  GeoLineStrings,
  GeoPoints,
  GraphEdges,
  GraphNodes,
  GridMap,
  Image,
  InstancePoses3D,
  LineStrips2D,
  LineStrips3D,
  McapChannel,
  McapMessage,
  McapSchema,
  McapStatistics,
  Measurements,
  Mesh3D,
  Pinhole,
  Points2D,
  Points3D,
  RecordingInfo,
  Scalars,
  SegmentationImage,
  SeriesLines,
  SeriesPoints,
  StateChange,
  StateConfiguration,
  Tensor,
  TextDocument,
  TextLog,
  Transform3D,
  TransformAxes3D,
  VideoFrameReference,
  VideoStream,
  ViewCoordinates,
  Volume3D,
  VoxelGridMap,
} from "./gen/archetypes/index.ts";
export type {
  AnnotationContextFields,
  Arrows2DFields,
  Arrows2DOptions,
  Arrows3DFields,
  Arrows3DOptions,
  Asset3DFields,
  Asset3DOptions,
  AssetAudioFields,
  AssetAudioOptions,
  AssetVideoFields,
  AssetVideoOptions,
  BarChartFields,
  BarChartOptions,
  Box2DFormat,
  Boxes2DArray,
  Boxes2DFields,
  Boxes2DOptions,
  Boxes2DPlace,
  Boxes2DSize,
  Boxes3DFields,
  Boxes3DOptions,
  Boxes3DPlace,
  Boxes3DRotation,
  Boxes3DSize,
  Capsules3DFields,
  CapsulesBetweenOptions,
  ClearFields,
  ClearOptions,
  CompressOptions,
  CoordinateFrameFields,
  Cylinders3DFields,
  Cylinders3DOptions,
  DepthImageFields,
  DepthImageOptions,
  Ellipses2DFields,
  Ellipses2DOptions,
  Ellipsoids3DFields,
  Ellipsoids3DOptions,
  Ellipsoids3DSize,
  EncodedChunkLike,
  EncodedChunkOptions,
  EncodedDepthImageFields,
  EncodedDepthImageOptions,
  EncodedImageFields,
  EncodedImageOptions,
  GaussianSplats3DFields,
  GaussianSplats3DOptions,
  GeoLineStringsFields,
  GeoLineStringsOptions,
  GeoLineStringsPlace,
  GeoPointsFields,
  GeoPointsOptions,
  GeoPointsPlace,
  GeometryAttribute,
  GeometryLike,
  GraphEdgesFields,
  GraphEdgesOptions,
  GraphNodesFields,
  GraphNodesOptions,
  GridMapFields,
  GridMapOptions,
  ImageFields,
  ImageOptions,
  InstancePoses3DFields,
  InstancePoses3DOptions,
  LineStrips2DFields,
  LineStrips2DOptions,
  LineStrips3DFields,
  LineStrips3DOptions,
  McapChannelFields,
  McapChannelOptions,
  McapMessageFields,
  McapSchemaFields,
  McapSchemaOptions,
  McapStatisticsFields,
  McapStatisticsOptions,
  MeasurementsFields,
  MeasurementsOptions,
  Mesh3DFields,
  Mesh3DOptions,
  PinholeByFieldOfView,
  PinholeByFocalLength,
  PinholeByMatrix,
  PinholeFields,
  PinholeOptions,
  Points2DFields,
  Points2DOptions,
  Points3DFields,
  Points3DOptions,
  RecordingInfoFields,
  RecordingInfoOptions,
  ScalarsFields,
  SegmentationImageFields,
  SegmentationImageOptions,
  SeriesLinesFields,
  SeriesLinesOptions,
  SeriesPointsFields,
  SeriesPointsOptions,
  StateChangeFields,
  StateChangeOptions,
  StateConfigurationFields,
  StateConfigurationOptions,
  TensorFields,
  TensorOptions,
  TextDocumentFields,
  TextDocumentOptions,
  TextLogFields,
  TextLogOptions,
  Transform3DFields,
  Transform3DOptions,
  Transform3DRotation,
  TransformAxes3DFields,
  TransformAxes3DOptions,
  VideoFrameReferenceFields,
  VideoFrameReferenceOptions,
  VideoStreamFields,
  ViewCoordinatesFields,
  Volume3DFields,
  Volume3DOptions,
  VoxelGridMapFields,
  VoxelGridMapOptions,
} from "./gen/archetypes/index.ts";
// end of generated
export type { AllOptional, FromFieldsOptions } from "./define/archetype.ts";
export type { Component, EnumComponent, EnumLike, OneOrMany } from "./define/encoding.ts";
export type { RotationsLike } from "./ext/any-rotations.ts";
export type { BlobWithType, ContentsLike, RawContents } from "./ext/contents.ts";
export type { RasterLike } from "./ext/raster.ts";
export type { ImageFormatLike } from "./gen/encodings/image-format.ts";
export type { AngleLike, AnglesLike } from "./input/angles.ts";
export type {
  AnnotationContextsLike,
  AnnotationInfoLike,
  AnnotationInfosLike,
  ClassDescriptionLike,
  ClassDescriptionsLike,
  KeypointClassLike,
} from "./input/annotations.ts";
export type { BlobLike, BlobsLike } from "./input/blobs.ts";
export type { ColorLike, ColorsLike } from "./input/colors.ts";
export type { TensorElementType } from "./input/element-types.ts";
export type { HalfFloatsLike } from "./input/half-floats.ts";
export type { LineStrips2DLike, LineStrips3DLike, PartitionedStripsLike } from "./input/line-strips.ts";
export type { MatricesLike, MatrixLike, MatrixNumbers } from "./input/matrices.ts";
export type { IntegersLike, NumbersLike } from "./input/numbers.ts";
export type { MediaTypeLike, MediaTypesLike, TextLogLevelLike, TextLogLevelsLike } from "./input/open-sets.ts";
export type {
  ChannelCountLike,
  ChannelCountsLike,
  ChannelMessageCountsLike,
  KeyValuePairsLike,
  KeyValuesLike,
  KeypointPairLike,
  KeypointPairsLike,
  TextPairLike,
  TextPairsLike,
} from "./input/pairs.ts";
export type { PlaneLike, PlanesLike } from "./input/planes.ts";
export { uiPoints } from "./input/radii.ts";
export type { RangeLike, RangesLike, TimeSpanLike, TimeSpansLike } from "./input/ranges.ts";
export type { RotationAxisAngleLike, RotationAxisAnglesLike } from "./input/rotations.ts";
export type { Scale3DsLike } from "./input/scales.ts";
export type { NestedNumbers, TensorBufferLike, TensorBuffersLike, TensorLike, TensorsLike } from "./input/tensors.ts";
export type { TextListsLike } from "./input/text-lists.ts";
export type { BooleansLike, TextsLike } from "./input/texts.ts";
export type { TimestampsLike } from "./input/timestamps.ts";
export type { UuidLike, UuidsLike } from "./input/uuids.ts";
export type { ToArray, Vec2Like, Vec2sLike, Vec3Like, Vec3sLike, Vec4Like, Vec4sLike } from "./input/vectors.ts";
export type { VideoTimestampsLike } from "./input/video-timestamps.ts";
export type { ViewCoordinateSystemsLike, ViewCoordinatesLike, ViewDirection } from "./input/view-coordinates.ts";
export { AnyBatchValue } from "./dynamic/any-batch-value.ts";
export type { AnyValue, AnyValuesOptions } from "./dynamic/any-value.ts";
export { AnyValues } from "./dynamic/any-values.ts";
export { arrowBatch } from "./dynamic/arrow-batch.ts";
export type { ArrowBatchOptions } from "./dynamic/arrow-batch.ts";
export type { ArrowTypeLike, ArrowTypeName } from "./dynamic/arrow-codec.ts";
export { DynamicArchetype } from "./dynamic/dynamic-archetype.ts";
export { captureConsole } from "./logs/capture-console.ts";
export type { CaptureConsoleOptions, ConsoleLike } from "./logs/capture-console.ts";
export type { LogBridgeOptions } from "./logs/line-log.ts";
export type { LogFileOptions } from "./files/log-file.ts";
export { guessMediaType } from "./media/media-type.ts";
export { points2DFromPly, points3DFromPly } from "./media/ply/points-from-ply.ts";
export { gaussianSplats3DFromPly } from "./media/ply/splats-from-ply.ts";
export { readFrameTimestamps } from "./media/read-frame-timestamps.ts";
export * as blueprint from "./gen/blueprint/index.ts";
export * as components from "./gen/components/index.ts";
export * as encodings from "./gen/encodings/index.ts";
