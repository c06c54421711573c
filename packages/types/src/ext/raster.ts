import { describeValue, InvalidValue, typedArrayName } from "@rerun-ts/core/internal";
import type { FieldValues } from "../define/archetype.ts";
import type { ColorModel } from "../gen/encodings/color-model.ts";
import type { PixelFormat } from "../gen/encodings/pixel-format.ts";
import { bytesOf } from "../input/arrays.ts";
import type { BlobLike } from "../input/blobs.ts";

/** A picture's values, row by row from the top left, and its size. */
export interface RasterLike {
  /** The values: a typed array, whose kind tells their type, or bytes. */
  readonly data: BlobLike;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** The channels' meaning. Default: grey, RGB or RGBA, by their number. */
  readonly colorModel?: ColorModel | undefined;
  /** Values per pixel: 1, 3 or 4. Default: what the length of `data` tells. */
  readonly channels?: number | undefined;
  /** For `data` that is not one value per channel and pixel, e.g. `"NV12"`; excludes the two above. */
  readonly pixelFormat?: PixelFormat | undefined;
}

/** The type of a value by the kind of array. */
const DATATYPES: Readonly<Record<string, string>> = {
  Uint8Array: "U8",
  Uint8ClampedArray: "U8",
  Int8Array: "I8",
  Uint16Array: "U16",
  Int16Array: "I16",
  Uint32Array: "U32",
  Int32Array: "I32",
  BigUint64Array: "U64",
  BigInt64Array: "I64",
  Float16Array: "F16",
  Float32Array: "F32",
  Float64Array: "F64",
};

const MODELS_BY_CHANNELS: Readonly<Record<number, ColorModel>> = { 1: "L", 3: "RGB", 4: "RGBA" };
const CHANNELS: Readonly<Record<ColorModel, number>> = { L: 1, RGB: 3, RGBA: 4, BGR: 3, BGRA: 4 };

/** The fields `buffer` and `format` of a picture. Throws `InvalidValue` that names the archetype. */
export function expandRaster(raster: unknown, archetype: string): FieldValues {
  if (raster === null) return { buffer: null, format: null };
  const fail = (option: string, expected: string, got: string): never => {
    throw new InvalidValue(expected, got, false, option === "" ? archetype : `${archetype}.${option}`);
  };
  if (typeof raster !== "object" || raster === undefined || !("data" in raster)) {
    return fail("", "given { data, width, height }, e.g. an ImageData", describeValue(raster));
  }
  const { data, width, height, colorModel, channels, pixelFormat } = raster as RasterLike;
  for (const [option, value] of Object.entries({ width, height })) {
    if (!Number.isInteger(value) || value < 0) fail(option, "a whole number of pixels", describeValue(value));
  }
  const isBuffer = Object.prototype.toString.call(data).endsWith("ArrayBuffer]");
  const name = isBuffer ? "Uint8Array" : typedArrayName(data);
  const datatype = DATATYPES[name ?? ""] ?? fail("data", "a typed array or an ArrayBuffer", describeValue(data));
  const values = ArrayBuffer.isView(data) ? (data as unknown as ArrayLike<unknown>).length : data.byteLength;
  const buffer = ArrayBuffer.isView(data) ? bytesOf(data) : data;
  if (pixelFormat !== undefined) return { buffer, format: { width, height, pixelFormat } };

  const pixels = width * height;
  const perPixel = channels ?? (colorModel === undefined ? values / pixels : CHANNELS[colorModel]);
  const model = colorModel ?? MODELS_BY_CHANNELS[perPixel];
  if (model === undefined || CHANNELS[model] === undefined) {
    const expected = `1, 3 or 4 values for each of ${width} × ${height} pixels, or be told by \`colorModel\` or \`pixelFormat\``;
    return fail("data", expected, `${values} values`);
  }
  if (values !== pixels * CHANNELS[model]) {
    const expected = `${width} × ${height} × ${CHANNELS[model]} values for ${model}, that is ${pixels * CHANNELS[model]}`;
    return fail("data", expected, `${values}`);
  }
  return { buffer, format: { width, height, colorModel: model, channelDatatype: datatype } };
}
