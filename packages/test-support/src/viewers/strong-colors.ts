import { PNG } from "pngjs";
import type { StrongColors } from "./viewer-report.ts";

/** The least difference between the largest and the smallest channel of a strong colour. */
const SATURATION = 120;

/** Counts the strong colours of a PNG image: colours that an empty viewer lacks. */
export function strongColors(png: Uint8Array): StrongColors {
  const { data } = PNG.sync.read(Buffer.from(png.buffer, png.byteOffset, png.byteLength));
  const counts = { red: 0, green: 0, blue: 0 };
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
    const largest = Math.max(red, green, blue);
    if (largest - Math.min(red, green, blue) <= SATURATION) continue;
    if (red === largest) counts.red++;
    else if (green === largest) counts.green++;
    else counts.blue++;
  }
  return { pixels: data.length / 4, ...counts };
}
