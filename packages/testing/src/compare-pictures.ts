import type * as pixelmatchModule from "pixelmatch";
import type * as pngjs from "pngjs";
import { RerunError } from "@rerun-ts/core";

/** Difference of two pictures. */
export interface PictureDifference {
  /** The share of pixels that differ, from 0 to 1. */
  readonly share: number;
  /** A PNG with the differing pixels in red, or `undefined` if the sizes differ. */
  readonly diff: Uint8Array | undefined;
  /** Description of both sizes, if they differ. */
  readonly sizes: string | undefined;
}

/** The largest difference of two colours that look the same, from 0 to 1. */
const COLOR_TOLERANCE = 0.1;

/** Compares two PNGs. @throws {RerunError} `UNSUPPORTED` if the required packages are missing */
export async function comparePictures(actual: Uint8Array, expected: Uint8Array): Promise<PictureDifference> {
  const { pixelmatch, PNG } = await load();
  const [is, must] = [PNG.sync.read(Buffer.from(actual)), PNG.sync.read(Buffer.from(expected))];
  const { width, height } = must;
  if (is.width !== width || is.height !== height)
    return { share: 1, diff: undefined, sizes: `${is.width}×${is.height} instead of ${width}×${height} pixels` };
  const diff = new PNG({ width, height });
  const pixels = pixelmatch(is.data, must.data, diff.data, width, height, { threshold: COLOR_TOLERANCE });
  return { share: pixels / (width * height), diff: PNG.sync.write(diff), sizes: undefined };
}

async function load(): Promise<{ pixelmatch: typeof pixelmatchModule.default; PNG: typeof pngjs.PNG }> {
  try {
    const [{ default: pixelmatch }, { PNG }] = await Promise.all([import("pixelmatch"), import("pngjs")]);
    return { pixelmatch, PNG };
  } catch (cause) {
    throw new RerunError("UNSUPPORTED", "comparing pictures needs packages: npm install --save-dev pixelmatch pngjs", {
      cause,
    });
  }
}
