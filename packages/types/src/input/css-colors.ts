import { outOfRange } from "@rerun-ts/core/internal";
import colorString from "color-string";

/** The three channels of `rgb(100%, 50%, 0%)`. */
const PERCENTAGES = /^(rgba?\(\s*)([+-]?[\d.]+)%([\s,]+)([+-]?[\d.]+)%([\s,]+)([+-]?[\d.]+)%/i;

/** A CSS colour (hex, name, `rgb()`, `hsl()`, `hwb()`) as 0xRRGGBBAA. Throws `InvalidValue`. */
export function parseCssColor(text: string): number {
  const parsed = colorString.get(text.trim().replace(PERCENTAGES, toValues));
  if (parsed === null)
    throw outOfRange('a CSS colour such as "red", "#ff0000", "rgb(255 0 0 / 50%)" or "hsl(0, 100%, 50%)"', text);
  const [first = 0, second = 0, third = 0, alpha = 1] = parsed.value;
  const [red, green, blue] =
    parsed.model === "rgb"
      ? [first / 255, second / 255, third / 255]
      : parsed.model === "hsl"
        ? hslToRgb(first, second / 100, third / 100)
        : hwbToRgb(first, second / 100, third / 100);
  return packFractions(red as number, green as number, blue as number, alpha);
}

/** `color-string` multiplies by 2.55 and rounds, which takes 50% for 127 instead of 128: it is given values. */
function toValues(_: string, start: string, ...[red, gap, green, nextGap, blue]: string[]): string {
  const value = (percentage: string | undefined): string => ((Number(percentage) * 255) / 100).toFixed(6);
  return start + value(red) + gap + value(green) + nextGap + value(blue);
}

/** Fractions from 0 to 1, clamped, as 0xRRGGBBAA. */
export function packFractions(red: number, green: number, blue: number, alpha: number): number {
  return packBytes(toByte(red), toByte(green), toByte(blue), toByte(alpha));
}

/** Bytes as 0xRRGGBBAA. */
export function packBytes(red: number, green: number, blue: number, alpha: number): number {
  return ((red << 24) | (green << 16) | (blue << 8) | alpha) >>> 0;
}

function toByte(fraction: number): number {
  return Math.round(Math.min(1, Math.max(0, fraction)) * 255);
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
