// generated: archetypes
export {
  Boxes3D,
  Clear,
  Image,
  Pinhole,
  Points3D,
  RecordingInfo,
  Scalars,
  TextDocument,
  TextLog,
  Transform3D,
} from "./gen/archetypes/index.ts";
export type {
  Boxes3DFields,
  Boxes3DOptions,
  Boxes3DPlace,
  Boxes3DSize,
  ClearFields,
  ClearOptions,
  ImageFields,
  ImageOptions,
  PinholeByFieldOfView,
  PinholeByFocalLength,
  PinholeByMatrix,
  PinholeFields,
  PinholeOptions,
  Points3DFields,
  Points3DOptions,
  RecordingInfoFields,
  RecordingInfoOptions,
  ScalarsFields,
  TextDocumentFields,
  TextDocumentOptions,
  TextLogFields,
  TextLogOptions,
  Transform3DFields,
  Transform3DOptions,
} from "./gen/archetypes/index.ts";
// end of generated
export type { EnumLike, Component, EnumComponent } from "./define/encoding.ts";
export type { FromFieldsOptions } from "./define/archetype.ts";
export type { RasterLike } from "./ext/raster.ts";
export type { BlobLike, BlobsLike } from "./input/blobs.ts";
export type { ColorLike, ColorsLike } from "./input/colors.ts";
export type { ImageFormatLike, ImageFormatsLike } from "./input/image-format.ts";
export type { MatricesLike, MatrixLike, MatrixNumbers } from "./input/matrices.ts";
export type { IntegersLike, NumbersLike } from "./input/numbers.ts";
export type { RotationAxisAngleLike, RotationAxisAnglesLike } from "./input/rotations.ts";
export type { Scale3DsLike } from "./input/scales.ts";
export type { BooleansLike, TextsLike } from "./input/texts.ts";
export type { TimestampsLike } from "./input/timestamps.ts";
export type { ToArray, Vec2Like, Vec2sLike, Vec3Like, Vec3sLike, Vec4Like, Vec4sLike } from "./input/vectors.ts";
export type { ViewCoordinatesLike, ViewDirection } from "./input/view-coordinates.ts";
export * as components from "./gen/components/index.ts";
export * as encodings from "./gen/encodings/index.ts";
