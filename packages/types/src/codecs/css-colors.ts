import { outOfRange } from "@rerun-ts/core/checks";
import { cssColorNames } from "./css-color-names.ts";

const HEX = /^#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/;
const NUMBER = String.raw`([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)`;
const SEPARATOR = String.raw`(?:\s*[,/]\s*|\s+)`;
const OTHER_SPACES = /^(?:oklch|oklab|lch|lab|color|color-mix)\(/;
const REMEDY = "other colour spaces: set it as `fillStyle` of a canvas, fill a pixel and read it by `getImageData`";
/** The function's name, then each number and its unit. */
const FUNCTION = /* @__PURE__ */ new RegExp(
  String.raw`^(rgb|hsl|hwb)a?\(\s*${NUMBER}(%|deg)?${SEPARATOR}${NUMBER}(%?)${SEPARATOR}${NUMBER}(%?)` +
    String.raw`(?:${SEPARATOR}${NUMBER}(%?))?\s*\)$`,
);

/** A CSS colour (hex, name, `rgb()`, `hsl()`, `hwb()`) as 0xRRGGBBAA. Throws `InvalidValueError`. */
export function parseCssColor(text: string): number {
  const css = text.trim().toLowerCase();
  const packed = css.startsWith("#") ? parseHex(css) : (parseName(css) ?? parseFunction(css));
  if (packed !== undefined) return packed;
  const hint = OTHER_SPACES.test(css) ? ` (${REMEDY})` : "";
  throw outOfRange(`a CSS colour such as "red", "#ff0000", "rgb(255 0 0 / 50%)" or "hsl(0, 100%, 50%)"${hint}`, text);
}

/** Fractions from 0 to 1, clamped, as 0xRRGGBBAA. */
function packFractions(red: number, green: number, blue: number, alpha: number): number {
  return packBytes(toByte(red), toByte(green), toByte(blue), toByte(alpha));
}

/** Bytes as 0xRRGGBBAA. */
export function packBytes(red: number, green: number, blue: number, alpha: number): number {
  return ((red << 24) | (green << 16) | (blue << 8) | alpha) >>> 0;
}

function toByte(fraction: number): number {
  return Math.round(clamp(fraction) * 255);
}

function parseHex(css: string): number | undefined {
  if (!HEX.test(css)) return undefined;
  const value = Number.parseInt(css.slice(1), 16);
  switch (css.length) {
    case 4:
      return packBytes((value >> 8) * 17, ((value >> 4) & 15) * 17, (value & 15) * 17, 255);
    case 5:
      return packBytes((value >> 12) * 17, ((value >> 8) & 15) * 17, ((value >> 4) & 15) * 17, (value & 15) * 17);
    case 7:
      return value * 256 + 255;
    default:
      return value;
  }
}

function parseName(css: string): number | undefined {
  const name = css.replace("grey", "gray");
  const color = cssColorNames().get(name);
  if (color !== undefined) return color * 256 + 255;
  return css === "transparent" ? 0 : undefined;
}

function parseFunction(css: string): number | undefined {
  const match = FUNCTION.exec(css);
  if (match === null) return undefined;
  const [, name, first, firstUnit, second, secondUnit, third, thirdUnit, opacity, opacityUnit] = match;
  const alpha = opacity === undefined ? 1 : fractionOf(opacity, opacityUnit, 1);
  if (name === "rgb") {
    if (firstUnit === "deg") return undefined;
    const [red, green] = [fractionOf(first, firstUnit, 255), fractionOf(second, secondUnit, 255)];
    return packFractions(red, green, fractionOf(third, thirdUnit, 255), alpha);
  }
  if (firstUnit === "%" || secondUnit !== "%" || thirdUnit !== "%") return undefined;
  const hue = ((Number(first) % 360) + 360) % 360;
  const toRgb = name === "hsl" ? hslToRgb : hwbToRgb;
  const [red, green, blue] = toRgb(hue, clamp(Number(second) / 100), clamp(Number(third) / 100));
  return packFractions(red as number, green as number, blue as number, alpha);
}

function fractionOf(digits: string | undefined, unit: string | undefined, whole: number): number {
  return Number(digits) / (unit === "%" ? 100 : whole);
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

/** Source: CSS Color Module Level 4, "Converting HSL Colors to sRGB". */
function hslToRgb(hue: number, saturation: number, lightness: number): number[] {
  const amplitude = saturation * Math.min(lightness, 1 - lightness);
  return [0, 8, 4].map((offset) => {
    const k = (offset + hue / 30) % 12;
    return lightness - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  });
}

/** Source: CSS Color Module Level 4, "Converting HWB Colors to sRGB". */
function hwbToRgb(hue: number, white: number, black: number): number[] {
  const sum = white + black;
  if (sum >= 1) return [white / sum, white / sum, white / sum];
  return hslToRgb(hue, 1, 0.5).map((channel) => channel * (1 - sum) + white);
}
