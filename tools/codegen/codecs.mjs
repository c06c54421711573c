/**
 * How values of an encoding are taken: the hand-written codec, the type of its input, and where both come from.
 * Encodings of their own come first, then what their Arrow type says.
 */
const BY_NAME = {
  Rgba32: codec("colors", "ColorsLike", "colors"),
  Mat3x3: codec("matrices(3)", "MatricesLike", "matrices"),
  RotationAxisAngle: codec("rotationAxisAngles", "RotationAxisAnglesLike", "rotations"),
  ViewCoordinates: codec("viewCoordinates", "ViewCoordinatesLike", "view-coordinates"),
  ImageFormat: codec("imageFormats", "ImageFormatsLike", "image-format"),
  Quaternion: vectors(4, "Float32"),
  // Components whose input says more than their encoding's.
  Timestamp: codec("timestamps", "TimestampsLike", "timestamps"),
  Scale3D: codec("scales3d", "Scale3DsLike", "scales"),
};

const BY_ARROW = {
  Bool: codec("booleans", "BooleansLike", "texts"),
  Utf8: codec("texts", "TextsLike", "texts"),
  Int64: codec('integers64("Int64")', "IntegersLike", "numbers"),
  UInt64: codec('integers64("UInt64")', "IntegersLike", "numbers"),
};

/** The codec of a component or encoding, if it has one of its own. */
export function codecOf({ name, arrow }) {
  if (BY_NAME[name] !== undefined) return BY_NAME[name];
  const known = BY_ARROW[arrow.type];
  if (known !== undefined) return known;
  if (["Float32", "Float64", "UInt8", "UInt16", "UInt32", "Int32"].includes(arrow.type)) {
    return codec(`numbers("${arrow.type}")`, "NumbersLike", "numbers");
  }
  if (arrow.type === "FixedSizeList" && arrow.size <= 4) return vectors(arrow.size, arrow.item.type);
  if (arrow.type === "List" && arrow.item.type === "UInt8") return codec("blobs", "BlobsLike", "blobs");
  throw new Error(`no codec for ${name} (${JSON.stringify(arrow)})`);
}

/** Whether a component takes other values than its encoding. */
export function hasOwnCodec({ name }) {
  return BY_NAME[name] !== undefined;
}

function codec(expression, input, file) {
  return { expression, factory: expression.replace(/[(<].*/, ""), input, file };
}

function vectors(size, type) {
  const input = `Vec${size}sLike`;
  return codec(`vectors<${input}>(${size}, "${type}")`, input, "vectors");
}
