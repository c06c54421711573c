import {
  forEachIndex,
  toArrayLike,
  typedArrayName,
  wrongCount,
  wrongType,
  isUint8Array,
  outOfRange,
} from "@rerun-ts/core/checks";
import { PrimitiveBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { isFloatArray, isNumberArray, type NumberTypedArray } from "./arrays.ts";
import { packBytes, parseCssColor } from "./css-colors.ts";
import { UINT32, numberWriter } from "./numbers.ts";

/**
 * One colour: a CSS colour string, a packed number 0xRRGGBBAA, 3 or 4 bytes as an array, or `{ r, g, b, a? }` from 0 to
 * 1 in sRGB. A `THREE.Color`, whose own numbers are in linear light, is converted.
 */
export type ColorLike =
  | string
  | number
  | ArrayLike<number>
  | { readonly r: number; readonly g: number; readonly b: number; readonly a?: number | undefined };

/**
 * One colour or many. A flat array of 3 or 4 integers up to 255 is one colour. Any other flat array of integers is
 * packed numbers. A flat byte or float array with 3 or 4 values per instance is many colours. If the number of
 * instances is unknown, write `{ rgb: array }` or `{ rgba: array }`.
 */
export type ColorsLike =
  | ColorLike
  | readonly ColorLike[]
  | Iterable<ColorLike>
  | { readonly rgb: ArrayLike<number> }
  | { readonly rgba: ArrayLike<number> };

const EXPECTED =
  "a CSS colour, 0xRRGGBBAA, [r, g, b] or [r, g, b, a] as bytes, { r, g, b } from 0 to 1, or a list of colours";
const EXPECTED_WIDTH = "3 or 4 values per instance in a flat array (say which: `{ rgb: array }` or `{ rgba: array }`)";
const EXPECTED_BYTES = "integers from 0 to 255 (fractions? { r, g, b }, or a Float32Array)";
/** Colours of a wide gamut are slightly beyond 1, and are clamped. */
const MAX_FRACTION = 2;
const packed = numberWriter(UINT32, `0xRRGGBBAA (up to 4294967295) or ${EXPECTED_BYTES}`);

/** Colours, stored as 0xRRGGBBAA in sRGB. */
export const colors: Codec<ColorsLike, PrimitiveBuilder> = {
  arrow: { type: "UInt32" },
  createBuilder: () => new PrimitiveBuilder({ type: "UInt32" }),
  append(values, builder, instances): void {
    if (typeof values === "string" || typeof values === "number") return packed.one(builder, toPacked(values));
    if (isNumberArray(values)) return appendTyped(builder, values, instances);
    if (typeof values === "object" && values !== null && !Array.isArray(values)) {
      if ("rgb" in values) return appendFlat(builder, values.rgb, 3);
      if ("rgba" in values) return appendFlat(builder, values.rgba, 4);
      if ("r" in values) return packed.one(builder, toPacked(values));
    }
    const list = toArrayLike(values, EXPECTED);
    if (isOneColor(list)) return packed.one(builder, toPacked(list));
    forEachIndex(list.length, (index) => packed.one(builder, toPacked(list[index])));
  },
};

/** Whether a plain array is one colour: 3 or 4 integers up to 255. */
function isOneColor(list: ArrayLike<unknown>): boolean {
  if (list.length !== 3 && list.length !== 4) return false;
  for (let index = 0; index < list.length; index++) if (!isByte(list[index])) return false;
  return true;
}

function isByte(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255;
}

function appendTyped(builder: PrimitiveBuilder, values: NumberTypedArray, instances: number): void {
  const name = typedArrayName(values);
  if (name === "Uint32Array") return packed.all(builder, values);
  const isBytes = name === "Uint8Array" || name === "Uint8ClampedArray";
  if (name === "Uint16Array")
    throw wrongType(
      `${EXPECTED} (16 bits per channel? \`Uint8Array.from(colors, (channel) => channel >> 8)\`)`,
      values,
    );
  if (!isBytes && !isFloatArray(values)) throw wrongType(EXPECTED, values);
  if (values.length === 0) return;
  if (values.length === 3 || values.length === 4) return appendFlat(builder, values, values.length);
  const width = instances > 0 ? values.length / instances : Number.NaN;
  if (width !== 3 && width !== 4) {
    throw wrongCount(EXPECTED_WIDTH, `${values.length} values${instances >= 0 ? ` for ${instances} instances` : ""}`);
  }
  appendFlat(builder, values, width);
}

/** Colours one after the other: fractions in float arrays, bytes in others. */
function appendFlat(builder: PrimitiveBuilder, values: unknown, width: 3 | 4): void {
  const list = toArrayLike(values, "a flat array");
  if (list.length % width !== 0)
    throw wrongCount(`a flat array with a multiple of ${width} values`, `${list.length} values`);
  const isFloat = isNumberArray(list) && isFloatArray(list);
  const pack = isFloat ? fractionsOf(list) : isUint8Array(list) ? packBytes : fromBytes;
  forEachIndex(list.length / width, (index) => {
    const at = index * width;
    const alpha = width === 4 ? list[at + 3] : isFloat ? 1 : 255;
    packed.one(builder, pack(list[at] as number, list[at + 1] as number, list[at + 2] as number, alpha as number));
  });
}

/** One colour as 0xRRGGBBAA. */
function toPacked(color: unknown): number {
  if (typeof color === "string") return parseCssColor(color);
  if (typeof color === "number") return color;
  if (typeof color !== "object" || color === null) throw wrongType(EXPECTED, color);
  // The channels of three.js are in linear light, but `getHex` returns the colour in sRGB.
  if ("getHex" in color && typeof color.getHex === "function") return packHex(color.getHex());
  if ("r" in color) {
    return packObject(color);
  }
  const list = toArrayLike(color, EXPECTED);
  if (list.length !== 3 && list.length !== 4) throw wrongCount("3 or 4 values in each colour", `${list.length} values`);
  if (isNumberArray(list) && isFloatArray(list)) return fractionsOf(list)(list[0], list[1], list[2], list[3] ?? 1);
  return fromBytes(list[0], list[1], list[2], list[3] ?? 255);
}

/** Colour objects of libraries. Those of d3 have channels up to 255, and a method that others lack. */
function packObject(color: object): number {
  const { r, g, b, a, alpha, opacity, formatHex } = color as Readonly<Record<string, unknown>>;
  const transparency = a ?? alpha ?? opacity ?? 1;
  const channels = [r, g, b];
  if (typeof formatHex === "function")
    return packFractions(
      ...channels.map((channel) => (typeof channel === "number" ? channel / 255 : channel)),
      transparency,
    );
  for (const channel of channels)
    if (typeof channel === "number" && channel > MAX_FRACTION)
      throw outOfRange(
        "fractions from 0 to 1 in { r, g, b } (up to 255? `[r, g, b]`, with alpha from 0 to 255)",
        channel,
      );
  return packFractions(...channels, transparency);
}

function packHex(hex: unknown): number {
  if (typeof hex !== "number" || !(hex >= 0 && hex <= 0xffffff)) throw wrongType("0xRRGGBB from `getHex`", hex);
  return hex * 256 + 255;
}

/**
 * The function that packs four fractions of a list. As in Rerun's SDKs, 32-bit fractions are multiplied with 32-bit
 * precision.
 */
function fractionsOf(list: ArrayLike<unknown>): (...channels: unknown[]) => number {
  return typedArrayName(list) === "Float32Array" ? packSingles : packFractions;
}

function packSingles(...channels: unknown[]): number {
  return packBytes(...(channels.map((channel) => roundToEven(Math.fround(scaled(channel)))) as Channels));
}

function packFractions(...channels: unknown[]): number {
  return packBytes(...(channels.map((channel) => roundToEven(scaled(channel))) as Channels));
}

/** A fraction from 0 to 1, clamped, times 255. */
function scaled(channel: unknown): number {
  if (typeof channel !== "number" || Number.isNaN(channel)) throw wrongType("fractions from 0 to 1", channel);
  return Math.min(1, Math.max(0, channel)) * 255;
}

/** The nearest integer. Ties go to the even one, as in Rerun's Python SDK. */
function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}

function fromBytes(...channels: unknown[]): number {
  for (const channel of channels) {
    if (!isByte(channel)) throw wrongType(EXPECTED_BYTES, channel);
  }
  return packBytes(...(channels as Channels));
}

type Channels = [red: number, green: number, blue: number, alpha: number];
