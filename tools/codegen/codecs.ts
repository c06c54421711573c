import { PURE } from "./code.ts";
import { GapError } from "./gaps.ts";
import type { ArrowDefinition, ArrowField, Import, TypeDefinition } from "./model.ts";
import { camelCase, fileName } from "./names.ts";

/** How values of a type are converted. */
export interface CodecPlan {
  /** The expression that makes the codec, and its imports. */
  readonly expression: string;
  readonly imports: readonly Import[];
  /** The TypeScript type of many values, and its imports. */
  readonly many: string;
  readonly manyImports: readonly Import[];
  /** The TypeScript type of one value, and its imports. */
  readonly one: string;
  readonly oneImports: readonly Import[];
}

/** Types with a hand-written codec: encodings, and components that accept more than their encoding. */
const BY_NAME: Readonly<Record<string, CodecPlan>> = {
  Rgba32: handWritten("colors", "colors", "ColorsLike", "ColorLike"),
  Mat3x3: handWritten("matrices", "matrices(3)", "MatricesLike", "MatrixLike"),
  Mat4x4: handWritten("matrices", "matrices(4)", "MatricesLike", "MatrixLike"),
  Quaternion: vectors(4, "Float32"),
  Angle: handWritten("angles", "angles", "AnglesLike", "AngleLike"),
  RotationAxisAngle: handWritten("rotations", "rotationAxisAngles", "RotationAxisAnglesLike", "RotationAxisAngleLike"),
  ViewCoordinates: handWritten(
    "view-coordinates",
    "viewCoordinates",
    "ViewCoordinateSystemsLike",
    "ViewCoordinatesLike",
  ),
  Plane3D: handWritten("planes", "planes", "PlanesLike", "PlaneLike"),
  Range1D: handWritten("ranges", "ranges", "RangesLike", "RangeLike"),
  AbsoluteTimeRange: handWritten("ranges", "timeSpans", "TimeSpansLike", "TimeSpanLike"),
  SphericalHarmonics3Rgb: handWritten("half-floats", "sphericalHarmonics", "HalfFloatsLike"),
  Uuid: handWritten("uuids", "uuids", "UuidsLike", "UuidLike"),
  TensorBuffer: handWritten("tensors", "tensorBuffers", "TensorBuffersLike", "TensorBufferLike"),
  TensorData: handWritten("tensors", "tensors", "TensorsLike", "TensorLike"),
  Utf8Pair: handWritten("pairs", "stringPairs", "StringPairsLike", "StringPairLike"),
  KeypointPair: handWritten("pairs", "keypointPairs", "KeypointPairsLike", "KeypointPairLike"),
  ChannelCountPair: handWritten("pairs", "channelCounts", "ChannelCountsLike", "ChannelCountLike"),
  AnnotationInfo: handWritten("annotations", "annotationInfos", "AnnotationInfosLike", "AnnotationInfoLike"),
  ClassDescription: handWritten("annotations", "classDescriptions", "ClassDescriptionsLike", "ClassDescriptionLike"),
  ClassDescriptionMapElem: handWritten(
    "annotations",
    "classDescriptionMapElems",
    "ClassDescriptionsLike",
    "ClassDescriptionLike",
  ),
  VideoTimestamp: handWritten("video-timestamps", "videoTimestamps", "VideoTimestampsLike"),
  TimeInt: handWritten("times", "times()", "TimeIntsLike", "TimeIntLike"),
  Timestamp: handWritten("timestamps", "timestamps", "TimestampsLike"),
  Scale3D: handWritten("scales", "scales3d", "Scale3DsLike"),
  MediaType: openSet("media-types", "MediaTypesLike", "MediaTypeLike"),
  TextLogLevel: openSet("log-levels", "TextLogLevelsLike", "TextLogLevelLike"),
  AnnotationContext: handWritten("annotations", "annotationContexts", "AnnotationContextsLike"),
  KeyValuePairs: handWritten("pairs", "keyValuePairs", "KeyValuePairsLike", "KeyValuesLike"),
  ChannelMessageCounts: handWritten("pairs", "channelMessageCounts", "ChannelMessageCountsLike"),
  LineStrip2D: lineStrips("LineStrips2DLike", 2, "FLOAT32"),
  LineStrip3D: lineStrips("LineStrips3DLike", 3, "FLOAT32"),
  GeoLineString: lineStrips("LineStrips2DLike", 2, "FLOAT64"),
};

/** Types whose codec follows from their Arrow type. */
const BY_ARROW: Readonly<Record<string, CodecPlan>> = {
  Bool: handWritten("strings", "booleans", "BooleansLike", "boolean"),
  Utf8: handWritten("strings", "strings", "StringsLike", "string"),
  Int64: handWritten("numbers", 'integers64("Int64")', "IntegersLike", "number | bigint"),
  UInt64: handWritten("numbers", 'integers64("UInt64")', "IntegersLike", "number | bigint"),
};

const NUMBERS = ["Float32", "Float64", "UInt8", "UInt16", "UInt32", "Int32"];

/** Chooses the codec of a component, an encoding or a nested field. Throws if there is none for its Arrow type. */
export function codecOf(definition: TypeDefinition): CodecPlan {
  const { name, arrow, enum: values } = definition;
  if (values !== undefined) return enumCodec(name);
  const known = BY_NAME[name] ?? BY_ARROW[arrow.type];
  if (known !== undefined) return known;
  if (NUMBERS.includes(arrow.type)) return numbers(arrow.type);
  if (arrow.type === "FixedSizeList" && arrow.size <= 4) return vectors(arrow.size, arrow.item.type);
  if (arrow.type === "List") return listCodec(arrow.item);
  if (isObject(arrow)) return objectCodec(name);
  throw noCodec(`${name} (${JSON.stringify(arrow)})`);
}

/** Whether a component accepts other values than its encoding. */
export function hasOwnCodec({ name }: TypeDefinition): boolean {
  return BY_NAME[name] !== undefined;
}

/** Whether the type of a value is generated: structs and unions without a hand-written codec. */
export function isObjectType({ name, arrow, enum: values }: TypeDefinition): boolean {
  return values === undefined && BY_NAME[name] === undefined && isObject(arrow);
}

function isObject(arrow: ArrowDefinition): boolean {
  return arrow.type === "Struct" || arrow.type === "Union";
}

/** The key of a field in values: unions use the variant's name with a small first letter. */
export function keyOf(nativeName: string): string {
  return camelCase(nativeName.charAt(0).toLowerCase() + nativeName.slice(1));
}

/** @param one default: the same type as for many values */
function handWritten(file: string, expression: string, many: string, one: string = many): CodecPlan {
  const from = `../../codecs/${file}.ts`;
  return {
    expression: expression.includes("(") ? `${PURE}${expression}` : expression,
    imports: [[from, expression.replace(/[(<].*/, "")]],
    many,
    manyImports: [[from, `type ${many}`]],
    one,
    oneImports: one.endsWith("Like") ? [[from, `type ${one}`]] : [],
  };
}

function numbers(type: string): CodecPlan {
  const kind = type.toUpperCase();
  const codec = handWritten("numbers", `numbers(${kind})`, "NumbersLike", "number");
  return { ...codec, imports: [["../../codecs/numbers.ts", "numbers", kind]] };
}

function vectors(size: number, type: string): CodecPlan {
  const many = `Vec${size}sLike`;
  const kind = type.toUpperCase();
  const codec = handWritten("vectors", `vectors<${many}>(${size}, ${kind})`, many, `Vec${size}Like`);
  return { ...codec, imports: [...codec.imports, ...codec.manyImports, ["../../codecs/numbers.ts", kind]] };
}

/** Strings of which some are suggested. */
function openSet(file: string, many: string, one: string): CodecPlan {
  return { ...handWritten(file, "strings", many, one), imports: [["../../codecs/strings.ts", "strings"]] };
}

function lineStrips(many: string, size: number, kind: string): CodecPlan {
  const codec = handWritten("line-strips", `lineStrips<${many}>(${size}, ${kind})`, many);
  return { ...codec, imports: [...codec.imports, ["../../codecs/numbers.ts", kind]] };
}

/** The expression of an enumeration is part of its own file. */
function enumCodec(name: string): CodecPlan {
  return {
    expression: name,
    imports: [],
    many: `EnumLike<${name}>`,
    manyImports: [["../../define/codec.ts", "type EnumLike"]],
    one: `${name} | number`,
    oneImports: [[`./${fileName(name)}.ts`, name]],
  };
}

function listCodec(item: ArrowField): CodecPlan {
  if (item.type === "UInt8") return handWritten("blobs", "blobs", "BlobsLike", "BlobLike");
  if (item.type === "Utf8") return handWritten("strings", "stringLists", "StringListsLike");
  throw noCodec(`lists of ${JSON.stringify(item)}`);
}

function noCodec(types: string): GapError {
  const todo = "write a codec in packages/types/src/codecs, and name it in this file";
  return new GapError([{ file: "tools/codegen/codecs.ts", problem: `codecs.ts: no codec for ${types}`, todo }]);
}

/** The expression of a struct or union is part of its encoding's file. */
function objectCodec(name: string): CodecPlan {
  const from = `../encodings/${fileName(name)}.ts`;
  const type: Import = [from, `type ${name}Like`];
  return {
    expression: name,
    imports: [[from, name]],
    many: `OneOrMany<${name}Like>`,
    manyImports: [["../../define/codec.ts", "type OneOrMany"], type],
    one: `${name}Like`,
    oneImports: [type],
  };
}
