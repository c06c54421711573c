import { InvalidValueError, wrongType } from "@rerun-ts/core/internal";
import type { FieldValues } from "../define/archetype.ts";
import type { PinholeFields } from "../gen/fields/pinhole.ts";
import type { MatricesLike } from "../codecs/matrices.ts";
import type { Vec2Like, Vec2sLike } from "../codecs/vectors.ts";

/** A camera by its matrix. */
export interface PinholeByMatrix {
  /** From camera space to pixels, 3×3. */
  imageFromCamera: MatricesLike | null;
  /** Width and height of the image in pixels. */
  resolution?: Vec2sLike | null | undefined;
  focalLength?: never;
  fovY?: never;
}

/** A camera by its focal length. */
export interface PinholeByFocalLength {
  /** In pixels: one number, or x and y. */
  focalLength: number | readonly [x: number, y: number];
  /** The point where the optical axis meets the image, in pixels. Default: the centre. */
  principalPoint?: readonly [x: number, y: number] | undefined;
  /** The width of the image in pixels. */
  width?: number | undefined;
  /** The height of the image in pixels. */
  height?: number | undefined;
  /** Width and height together. */
  resolution?: readonly [width: number, height: number] | undefined;
  imageFromCamera?: never;
  fovY?: never;
}

/** A camera by its field of view. */
export interface PinholeByFieldOfView {
  /** The vertical field of view in radians. */
  fovY: number;
  /** Width divided by height. */
  aspectRatio: number;
  imageFromCamera?: never;
  focalLength?: never;
}

/** Options of {@link Pinhole}. */
export type PinholeOptions = Omit<PinholeFields, "imageFromCamera" | "resolution"> &
  (PinholeByMatrix | PinholeByFocalLength | PinholeByFieldOfView);

/** The smallest half angle: Rust's f32::EPSILON, as in the native SDKs. */
const MIN_HALF_ANGLE = 1.1920929e-7;

/** Converts focal lengths and fields of view to matrices. */
export function expandPinhole(options: FieldValues): FieldValues {
  const { imageFromCamera, focalLength, principalPoint, width, height, fovY, aspectRatio, resolution, ...fields } =
    options;
  const ways = [imageFromCamera, focalLength, fovY].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    throw new InvalidValueError(
      "given exactly one of `imageFromCamera`, `focalLength` and `fovY`",
      `${ways.length} of them`,
      false,
      "Pinhole",
    );
  }
  if (imageFromCamera !== undefined) return { ...fields, imageFromCamera, resolution };
  if (fovY !== undefined) {
    const aspect = toNumber("aspectRatio", aspectRatio);
    const focal = 0.5 / Math.tan(Math.max(toNumber("fovY", fovY) * 0.5, MIN_HALF_ANGLE));
    return { ...fields, imageFromCamera: intrinsics([focal, focal], [aspect / 2, 0.5]), resolution: [aspect, 1] };
  }
  const size = toResolution(resolution, width, height);
  const center = principalPoint ?? (size === undefined ? undefined : [size[0] / 2, size[1] / 2]);
  if (center === undefined) {
    throw new InvalidValueError(
      "given with `width` and `height`, or else with `principalPoint`",
      "neither",
      false,
      "Pinhole.focalLength",
    );
  }
  const focal = typeof focalLength === "number" ? [focalLength, focalLength] : focalLength;
  return {
    ...fields,
    imageFromCamera: intrinsics(toPair("focalLength", focal), toPair("principalPoint", center)),
    resolution: size,
  };
}

/** Column by column. */
function intrinsics([fx, fy]: readonly [number, number], [cx, cy]: readonly [number, number]): MatricesLike {
  return { columns: [fx, 0, 0, 0, fy, 0, cx, cy, 1] };
}

function toResolution(resolution: unknown, width: unknown, height: unknown): readonly [number, number] | undefined {
  if (resolution !== undefined) {
    if (width !== undefined || height !== undefined) {
      throw new InvalidValueError("given without `width` and `height`", "both", false, "Pinhole.resolution");
    }
    return toPair("resolution", resolution);
  }
  if (width === undefined && height === undefined) return undefined;
  return [toNumber("width", width), toNumber("height", height)];
}

function toPair(option: string, value: unknown): readonly [number, number] {
  const pair = value as Vec2Like & { readonly length?: number };
  if (typeof value === "object" && value !== null && pair.length === 2) {
    return [toNumber(option, (value as ArrayLike<unknown>)[0]), toNumber(option, (value as ArrayLike<unknown>)[1])];
  }
  throw named(option, "two numbers", value);
}

function toNumber(option: string, value: unknown): number {
  if (typeof value === "number") return value;
  throw named(option, "a number", value);
}

function named(option: string, expected: string, value: unknown): InvalidValueError {
  return new InvalidValueError(expected, wrongType(expected, value).got, false, `Pinhole.${option}`);
}
