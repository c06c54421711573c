import { RerunError } from "@rerun-ts/core";

/** Pixels with one, three or four channels of 8 bits, row by row from the top left. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** The offsets of red, green and blue within a pixel. */
  readonly offsets: readonly [red: number, green: number, blue: number];
  readonly channels: number;
}

/** The part of the API of `sharp` that is used. */
export type Sharp = (
  data: Uint8Array,
  options: { raw: { width: number; height: number; channels: 3 } },
) => { jpeg(options: { quality: number }): { toBuffer(): Promise<Uint8Array> } };

/** Imports `sharp`. Rejects if the package is not installed. */
export type ImportSharp = () => Promise<{ readonly default: Sharp }>;

/**
 * Encodes a JPEG: with a canvas in browsers, with `sharp` on Node.
 *
 * @param quality from 0 to 100
 * @throws {RerunError} `UNSUPPORTED` if there is neither
 */
export async function encodeJpeg(pixels: Pixels, quality: number): Promise<Uint8Array> {
  const canvas = drawOnCanvas(pixels);
  if (canvas !== undefined) {
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: quality / 100 });
    return new Uint8Array(await blob.arrayBuffer());
  }
  // Before the first wait, because the program may change the pixels meanwhile.
  const rgb = expand(pixels, 3);
  const sharp = await importSharp?.().then(
    (module) => module.default,
    () => undefined,
  );
  if (sharp === undefined) {
    throw new RerunError(
      "UNSUPPORTED",
      "compressing images needs a browser's canvas, or the package `sharp`: npm install sharp",
    );
  }
  const { width, height } = pixels;
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
}

/** A canvas with the pixels. `undefined` where there is none: Deno has an `OffscreenCanvas` without a 2D context. */
function drawOnCanvas(pixels: Pixels): OffscreenCanvas | undefined {
  if (typeof OffscreenCanvas !== "function") return undefined;
  const { width, height } = pixels;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (context === null) return undefined;
  context.putImageData(
    new ImageData(new Uint8ClampedArray(expand(pixels, 4).buffer as ArrayBuffer), width, height),
    0,
    0,
  );
  return canvas;
}

let importSharp: ImportSharp | undefined;

/** Sets how `sharp` is imported: by the package for Node, because bundlers for pages do not accept optional imports. */
export function setSharp(load: ImportSharp): void {
  importSharp = load;
}

/** The pixels as RGB, or as RGBA without transparency. */
function expand({ data, width, height, channels, offsets }: Pixels, wanted: 3 | 4): Uint8Array {
  const out = new Uint8Array(width * height * wanted).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      out[pixel * wanted + channel] = data[pixel * channels + (offsets[channel] as number)] as number;
    }
  }
  return out;
}
