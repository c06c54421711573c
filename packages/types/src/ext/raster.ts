import type { TensorLike } from "../codecs/tensors.ts";
import { rasterOfTensor } from "./tensor-raster.ts";
import {
  describeValue,
  didYouMean,
  InvalidValueError,
  kindOf,
  problemWith,
  suggestName,
  typedArrayName,
} from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";
import type { ColorModel } from "../gen/encodings/color-model.ts";
import type { PixelFormat } from "../gen/encodings/pixel-format.ts";
import { bytesOfView } from "../codecs/arrays.ts";
import type { BlobLike } from "../codecs/blobs.ts";
import { ELEMENT_TYPES_BY_ARRAY, type TensorElementType } from "../codecs/element-types.ts";

/** The pixels of an image, row by row from the top left, and its size. */
export interface RasterLike {
  /** The values: a typed array, whose class determines their type, or bytes. */
  readonly data: BlobLike;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** The meaning of the channels. Default: greyscale, RGB or RGBA, depending on their number. */
  readonly colorModel?: ColorModel | (string & {}) | undefined;
  /** Values per pixel: 1, 3 or 4. Default: derived from the length of `data`. */
  readonly channels?: number | undefined;
  /** The layout of `data` without one value per channel and pixel, e.g. `"NV12"`. It excludes `colorModel`. */
  readonly pixelFormat?: PixelFormat | (string & {}) | undefined;
}

/**
 * An image: its pixels and its size, or a tensor with a shape, which has rows, columns and, if it has three dimensions,
 * the channels.
 */
export type ImageLike = RasterLike | (TensorLike & { readonly width?: never; readonly height?: never });

/** The names of its options. */
const OPTIONS = ["data", "width", "height", "colorModel", "channels", "pixelFormat"];

/** The pixel formats of `ImageData` in newer browsers, all of them RGBA. */
const CANVAS_PIXELS = /^rgba-/;

const MODELS_BY_CHANNELS: Readonly<Record<number, ColorModel>> = { 1: "L", 3: "RGB", 4: "RGBA" };
const CHANNELS: Readonly<Record<ColorModel, number>> = { L: 1, RGB: 3, RGBA: 4, BGR: 3, BGRA: 4 };

/** The bits for each pixel, by the beginning of a pixel format's name. */
const BITS: Readonly<Record<string, number>> = {
  y8: 8,
  bayer: 8,
  y_u_v12: 12,
  nv12: 12,
  y_u_v16: 16,
  yuy2: 16,
  y_u_v24: 24,
};
const BITS_NAME = /^(?:y_u_v\d\d|nv12|yuy2|y8|bayer)/i;

/**
 * The fields `buffer` and `format` of an image. Throws an `InvalidValueError` that names the archetype.
 *
 * @param more the options of the archetype, which are another argument
 */
export function expandRaster(raster: unknown, archetype: string, more: readonly string[] = []): FieldValues {
  if (raster === null) return { buffer: null, format: null };
  const { buffer, values, datatype, width, height, colorModel, channels, pixelFormat } = readRaster(
    raster,
    archetype,
    more,
  );
  const pixels = width * height;
  if (pixelFormat !== undefined) {
    if (colorModel !== undefined) throw problemWith(`${archetype}.pixelFormat`, "cannot be combined with `colorModel`");
    const bits = BITS[BITS_NAME.exec(pixelFormat)?.[0].toLowerCase() ?? ""] ?? 0;
    // Cameras may add padding to the end.
    const least = Math.floor((pixels * bits) / 8);
    if (buffer.byteLength < least) {
      const expected = `at least ${least} bytes for ${width} × ${height} pixels as ${pixelFormat}`;
      return fail(archetype, "data", expected, `${buffer.byteLength}`);
    }
    return { buffer, format: { width, height, pixelFormat } };
  }
  const perPixel = channels ?? (colorModel === undefined ? values / pixels : CHANNELS[colorModel]);
  const model = colorModel ?? MODELS_BY_CHANNELS[perPixel];
  if (model === undefined || CHANNELS[model] === undefined) {
    const expected = `1, 3 or 4 values for each of ${width} × ${height} pixels (for others, pass \`colorModel\` or \`pixelFormat\`)`;
    return fail(archetype, "data", expected, `${values} values`);
  }
  if (values !== pixels * CHANNELS[model]) {
    const expected = `${width} × ${height} × ${CHANNELS[model]} values for ${model}, that is ${pixels * CHANNELS[model]}`;
    return fail(archetype, "data", expected, `${values}`);
  }
  return { buffer, format: { width, height, colorModel: model, channelDatatype: datatype } };
}

/** The same fields of an image with one value per pixel that is not a colour: a depth or a class. */
export function expandPlane(raster: unknown, archetype: string, more: readonly string[]): FieldValues {
  if (raster === null) return { buffer: null, format: null };
  const { buffer, values, datatype, width, height, colorModel, channels, pixelFormat } = readRaster(
    raster,
    archetype,
    more,
  );
  if (values !== width * height) {
    return fail(archetype, "data", `${width} × ${height} values, that is ${width * height}`, `${values}`);
  }
  if (colorModel !== undefined || pixelFormat !== undefined || (channels ?? 1) !== 1) {
    throw problemWith(archetype, "has a colour model or several channels: pass one value per pixel");
  }
  return { buffer, format: { width, height, channelDatatype: datatype } };
}

interface Raster extends Omit<RasterLike, "data" | "colorModel" | "pixelFormat"> {
  readonly colorModel?: ColorModel | undefined;
  readonly pixelFormat?: PixelFormat | undefined;
  readonly buffer: BlobLike;
  /** The number of values. */
  readonly values: number;
  /** The type of a value. */
  readonly datatype: TensorElementType;
}

function readRaster(given: unknown, archetype: string, more: readonly string[]): Raster {
  const tensor = kindOf(given) === "ImageData" ? undefined : rasterOfTensor(given, archetype);
  if (tensor !== undefined) {
    const { data, ...raster } = tensor;
    return { ...raster, buffer: bytesOfView(data), values: data.length };
  }
  if (typeof given !== "object" || given === null || !("data" in given)) {
    return fail(archetype, "", "{ data, width, height }, e.g. an ImageData", describeValue(given));
  }
  checkNames(given, archetype, more);
  const { data, width, height, colorModel, channels, pixelFormat } = given as RasterLike;
  // `ImageData` of a canvas with a wide gamut.
  const { colorSpace = "srgb" } = given as { readonly colorSpace?: unknown };
  if (typeof colorSpace === "string" && colorSpace !== "srgb")
    fail(archetype, "colorSpace", '"srgb" (`getImageData` converts with its option `colorSpace`)', `"${colorSpace}"`);
  for (const [option, value] of Object.entries({ width, height })) {
    if (!Number.isInteger(value) || value < 0) fail(archetype, option, "an integer of pixels", describeValue(value));
  }
  const isBuffer = kindOf(data).endsWith("ArrayBuffer");
  const name = isBuffer ? "Uint8Array" : typedArrayName(data);
  const datatype = ELEMENT_TYPES_BY_ARRAY[name ?? ""];
  if (datatype === undefined) return fail(archetype, "data", "a typed array or an ArrayBuffer", describeValue(data));
  checkType(given, archetype, datatype);
  const values = ArrayBuffer.isView(data) ? (data as unknown as ArrayLike<unknown>).length : data.byteLength;
  const buffer = ArrayBuffer.isView(data) ? bytesOfView(data) : data;
  const raster = {
    buffer,
    values,
    datatype,
    width,
    height,
    colorModel: toColorModel(colorModel),
    channels,
  };
  return typeof pixelFormat === "string" && CANVAS_PIXELS.test(pixelFormat)
    ? { ...raster, colorModel: "RGBA" }
    : { ...raster, pixelFormat: pixelFormat as PixelFormat | undefined };
}

/** A colour model in Rerun's spelling. Like all names of enumerations, it is case-insensitive. */
function toColorModel(name: string | undefined): ColorModel | undefined {
  const model = typeof name === "string" ? name.toUpperCase() : name;
  return model as ColorModel | undefined;
}

/** The names of types in this SDK, in Rerun's others, and in libraries for arrays. */
const TYPE_NAMES = ["datatype", "elementType", "channelDatatype", "dtype"];
/** The name of a type, such as `F16` or `float16`. */
const TYPE = /^([uif])[a-z]*(\d+)$/i;

/** Checks that a type beside the values, which decides nothing, is theirs. */
function checkType(given: object, archetype: string, datatype: TensorElementType): void {
  for (const name of TYPE_NAMES) {
    const value = (given as Readonly<Record<string, unknown>>)[name];
    const [, kind = "", bits = ""] = (typeof value === "string" && TYPE.exec(value)) || [];
    if (kind !== "" && `${kind.toUpperCase()}${bits}` !== datatype)
      fail(archetype, name, `${datatype}, as \`data\` is (16-bit floats are a Float16Array)`, describeValue(value));
  }
}

/** Finds slips in names. All other keys may be there: `ImageData` and the output of sharp have some. */
function checkNames(given: object, archetype: string, more: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (OPTIONS.includes(name)) continue;
    if (more.includes(name)) {
      throw problemWith(`${archetype}.${name}`, "is in the first argument: pass it in the second, beside the image");
    }
    const meant = suggestName(name, [...OPTIONS, ...more]);
    if (meant !== undefined)
      throw problemWith(archetype, `has the unknown option ${didYouMean(name, meant)}; options: ${OPTIONS.join(", ")}`);
  }
}

function fail(archetype: string, option: string, expected: string, got: string): never {
  throw new InvalidValueError(expected, got, false, option === "" ? archetype : `${archetype}.${option}`);
}
