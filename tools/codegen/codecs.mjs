import { camelCase, fileName } from "./names.mjs";
import { PURE } from "./code.mjs";

/**
 * How values of a type are taken: the expression that makes the codec, the TypeScript types of many values and of one,
 * and what a file must import for each of the three.
 * @typedef {{ expression: string, imports: Import[], many: string, manyImports: Import[], one: string, oneImports: Import[] }} Codec
 * @typedef {[from: string, ...names: string[]]} Import
 */

/** The types that are taken by codecs of their own, written by hand: encodings, and components that take more than theirs. */
const BY_NAME = {
  Rgba32: byHand("colors", "colors", "ColorsLike", "ColorLike"),
  Mat3x3: byHand("matrices", "matrices(3)", "MatricesLike", "MatrixLike"),
  Mat4x4: byHand("matrices", "matrices(4)", "MatricesLike", "MatrixLike"),
  Quaternion: vectors(4, "Float32"),
  Angle: byHand("angles", "angles", "AnglesLike", "AngleLike"),
  RotationAxisAngle: byHand("rotations", "rotationAxisAngles", "RotationAxisAnglesLike", "RotationAxisAngleLike"),
  ViewCoordinates: byHand("view-coordinates", "viewCoordinates", "ViewCoordinateSystemsLike", "ViewCoordinatesLike"),
  Plane3D: byHand("planes", "planes", "PlanesLike", "PlaneLike"),
  Range1D: byHand("ranges", "ranges", "RangesLike", "RangeLike"),
  AbsoluteTimeRange: byHand("ranges", "timeSpans", "TimeSpansLike", "TimeSpanLike"),
  SphericalHarmonics3Rgb: byHand("half-floats", "sphericalHarmonics", "HalfFloatsLike", "HalfFloatsLike"),
  Uuid: byHand("uuids", "uuids", "UuidsLike", "UuidLike"),
  TensorBuffer: byHand("tensors", "tensorBuffers", "TensorBuffersLike", "TensorBufferLike"),
  TensorData: byHand("tensors", "tensors", "TensorsLike", "TensorLike"),
  Utf8Pair: byHand("pairs", "textPairs", "TextPairsLike", "TextPairLike"),
  KeypointPair: byHand("pairs", "keypointPairs", "KeypointPairsLike", "KeypointPairLike"),
  ChannelCountPair: byHand("pairs", "channelCounts", "ChannelCountsLike", "ChannelCountLike"),
  AnnotationInfo: byHand("annotations", "annotationInfos", "AnnotationInfosLike", "AnnotationInfoLike"),
  ClassDescription: byHand("annotations", "classDescriptions", "ClassDescriptionsLike", "ClassDescriptionLike"),
  ClassDescriptionMapElem: byHand(
    "annotations",
    "classDescriptionMapElems",
    "ClassDescriptionsLike",
    "ClassDescriptionLike",
  ),
  VideoTimestamp: byHand("video-timestamps", "videoTimestamps", "VideoTimestampsLike", "VideoTimestampsLike"),
  Timestamp: byHand("timestamps", "timestamps", "TimestampsLike", "TimestampsLike"),
  Scale3D: byHand("scales", "scales3d", "Scale3DsLike", "Scale3DsLike"),
  MediaType: openSet("MediaTypesLike", "MediaTypeLike"),
  TextLogLevel: openSet("TextLogLevelsLike", "TextLogLevelLike"),
  AnnotationContext: byHand("annotations", "annotationContexts", "AnnotationContextsLike", "AnnotationContextsLike"),
  KeyValuePairs: byHand("pairs", "keyValuePairs", "KeyValuePairsLike", "KeyValuesLike"),
  ChannelMessageCounts: byHand("pairs", "channelMessageCounts", "ChannelMessageCountsLike", "ChannelMessageCountsLike"),
  LineStrip2D: lineStrips("LineStrips2DLike", 2, "FLOAT32"),
  LineStrip3D: lineStrips("LineStrips3DLike", 3, "FLOAT32"),
  GeoLineString: lineStrips("LineStrips2DLike", 2, "FLOAT64"),
};

/** The types whose codec follows from how they lie in Arrow. */
const BY_ARROW = {
  Bool: byHand("texts", "booleans", "BooleansLike", "boolean"),
  Utf8: byHand("texts", "texts", "TextsLike", "string"),
  Int64: byHand("numbers", 'integers64("Int64")', "IntegersLike", "number | bigint"),
  UInt64: byHand("numbers", 'integers64("UInt64")', "IntegersLike", "number | bigint"),
};

const NUMBERS = ["Float32", "Float64", "UInt8", "UInt16", "UInt32", "Int32"];

/** The codec of a component or an encoding. */
export function codecOf(definition) {
  const { name, arrow, enum: values } = definition;
  if (values !== undefined) return enumCodec(definition);
  const known = BY_NAME[name] ?? BY_ARROW[arrow.type];
  if (known !== undefined) return known;
  if (NUMBERS.includes(arrow.type)) return numbers(arrow.type);
  if (arrow.type === "FixedSizeList" && arrow.size <= 4) return vectors(arrow.size, arrow.item.type);
  if (arrow.type === "List") return listCodec(arrow.item);
  if (arrow.type === "Struct" || arrow.type === "Union") return objectCodec(definition);
  throw new Error(`no codec for ${name} (${JSON.stringify(arrow)})`);
}

/** Whether a component takes other values than its encoding. */
export function hasOwnCodec({ name }) {
  return BY_NAME[name] !== undefined;
}

/** Whether the type of its values is generated: structs and unions that no codec of their own takes. */
export function isObjectType({ name, arrow, enum: values }) {
  return values === undefined && BY_NAME[name] === undefined && (arrow.type === "Struct" || arrow.type === "Union");
}

/** What is needed of a field inside a struct, a list or a union: its encoding as an expression, and the type of one value. */
function childOf({ encoding, type, item }, enums) {
  if (type === "List" && encoding === undefined) {
    const child = childOf(item, enums);
    return {
      expression: `${PURE}listField(${child.expression})`,
      imports: [["../../input/lists.ts", "listField"], ...child.imports],
      one: child.one.includes("|") ? `readonly (${child.one})[]` : `readonly ${child.one}[]`,
      oneImports: child.oneImports,
    };
  }
  const name = encoding === undefined ? type : encoding.slice(encoding.lastIndexOf(".") + 1);
  const { one, oneImports } = codecOf({ name, arrow: { type, item }, enum: enums.get(name) });
  return {
    expression: name,
    imports: [[`./${fileName(name)}.ts`, name]],
    one,
    oneImports: oneImports.map(([from, ...names]) => [from.replace("../encodings/", "./"), ...names]),
  };
}

function byHand(file, expression, many, one) {
  const from = `../../input/${file}.ts`;
  const isOwn = one.endsWith("Like");
  return {
    expression: expression.includes("(") ? `${PURE}${expression}` : expression,
    imports: [[from, expression.replace(/[(<].*/, "")]],
    many,
    manyImports: [[from, `type ${many}`]],
    one,
    oneImports: isOwn ? [[from, `type ${one}`]] : [],
  };
}

function numbers(type) {
  const kind = type.toUpperCase();
  const codec = byHand("numbers", `numbers(${kind})`, "NumbersLike", "number");
  return { ...codec, imports: [["../../input/numbers.ts", "numbers", kind]] };
}

function vectors(size, type) {
  const codec = byHand(
    "vectors",
    `vectors<Vec${size}sLike>(${size}, ${type.toUpperCase()})`,
    `Vec${size}sLike`,
    `Vec${size}Like`,
  );
  return {
    ...codec,
    imports: [...codec.imports, ...codec.manyImports, ["../../input/numbers.ts", type.toUpperCase()]],
  };
}

/** Texts of which some are known. */
function openSet(many, one) {
  return { ...byHand("open-sets", "texts", many, one), imports: [["../../input/texts.ts", "texts"]] };
}

function lineStrips(many, size, kind) {
  const codec = byHand("line-strips", `lineStrips<${many}>(${size}, ${kind})`, many, many);
  return { ...codec, imports: [...codec.imports, ["../../input/numbers.ts", kind]] };
}

function enumCodec({ name }) {
  return {
    many: `EnumLike<${name}>`,
    manyImports: [["../../define/encoding.ts", "type EnumLike"]],
    one: `${name} | number`,
    oneImports: [[`./${fileName(name)}.ts`, name]],
  };
}

function listCodec(item) {
  if (item.type === "UInt8") return byHand("blobs", "blobs", "BlobsLike", "BlobLike");
  if (item.type === "Utf8") return byHand("text-lists", "textLists", "TextListsLike", "TextListsLike");
  throw new Error(`no codec for lists of ${JSON.stringify(item)}`);
}

function objectCodec({ name }) {
  return {
    many: `OneOrMany<${name}Like>`,
    manyImports: [
      ["../../define/encoding.ts", "type OneOrMany"],
      [`../encodings/${fileName(name)}.ts`, `type ${name}Like`],
    ],
    one: `${name}Like`,
    oneImports: [[`../encodings/${fileName(name)}.ts`, `type ${name}Like`]],
  };
}

/** The expression that makes the codec of a struct or a union, the type of one value, and what both import. */
export function objectParts({ name, arrow, docs, enums, forms = {} }) {
  return arrow.type === "Struct"
    ? structParts({ name, arrow, docs, enums, forms })
    : unionParts({ name, arrow, docs, enums });
}

function structParts({ name, arrow, docs, enums, forms }) {
  const imports = [["../../input/structs.ts", "structs"]];
  const lines = [];
  const members = [];
  const { shorthand, fallbacks = {} } = forms;
  for (const field of arrow.fields) {
    const child = childOf(field, enums);
    const key = camelCase(field.name);
    const fallback = fallbacks[field.name];
    imports.push(...child.imports, ...child.oneImports);
    // Rerun's unions mark nulls by a variant of their own; their values are always there.
    const isUnion = field.type === "Union";
    const parts = [
      `name: "${key}"`,
      ...(key === field.name ? [] : [`nativeName: "${field.name}"`]),
      `encoding: ${child.expression}`,
      ...(field.nullable ? ["isNullable: true"] : []),
      ...(isUnion ? ["isRequired: true"] : []),
      ...(fallback === undefined ? [] : [`fallback: ${JSON.stringify(fallback)}`]),
    ];
    lines.push(`  { ${parts.join(", ")} },`);
    const takesNull = field.nullable && !isUnion;
    const isOptional = takesNull || fallback !== undefined;
    const absent = `${takesNull ? " | null" : ""}${isOptional ? " | undefined" : ""}`;
    members.push({ doc: docs(field.name), text: `readonly ${key}${isOptional ? "?" : ""}: ${child.one}${absent};` });
  }
  const shorthandType =
    shorthand === undefined
      ? undefined
      : childOf(
          arrow.fields.find((field) => field.name === shorthand),
          enums,
        ).one;
  const options =
    shorthand === undefined ? "" : `, { expected: "${forms.expected}, ", shorthand: "${camelCase(shorthand)}" }`;
  return {
    imports,
    members,
    shorthandType,
    expression: `structs<OneOrMany<${name}Like>>([\n${lines.join("\n")}\n]${options})`,
  };
}

function unionParts({ name, arrow, docs, enums }) {
  const imports = [["../../input/unions.ts", "unions"]];
  const variants = arrow.fields.filter(({ name: variant }) => variant !== "_null_markers");
  const lines = variants.map((variant) => {
    const key = variantKey(variant.name);
    if (variant.type === "Null") return `  { name: "${key}", nativeName: "${variant.name}" },`;
    const child = childOf(variant, enums);
    imports.push(...child.imports, ...child.oneImports);
    return `  { name: "${key}", nativeName: "${variant.name}", encoding: ${child.expression} },`;
  });
  const alternatives = variants.map((variant) => ({
    doc: docs(variant.name),
    text:
      variant.type === "Null"
        ? `"${variantKey(variant.name)}"`
        : `{ readonly ${variantKey(variant.name)}: ${childOf(variant, enums).one} }`,
  }));
  return { imports, alternatives, expression: `unions<OneOrMany<${name}Like>>([\n${lines.join("\n")}\n])` };
}

function variantKey(name) {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
