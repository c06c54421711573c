import { didYouMean, InvalidValueError, problemWith, suggestName, wrongType } from "@rerun-ts/core/checks";
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
  /** The width of the image in pixels, instead of `resolution` and together with `height`. */
  width?: number | undefined;
  /** The height of the image in pixels. */
  height?: number | undefined;
  focalLength?: never;
  principalPoint?: never;
  fovY?: never;
  aspectRatio?: never;
}

/** A camera by its focal length. */
export interface PinholeByFocalLength {
  /** In pixels: one number, or x and y. */
  focalLength: number | Vec2Like;
  /** The point where the optical axis meets the image, in pixels. Default: the centre. */
  principalPoint?: Vec2Like | undefined;
  /** The width of the image in pixels. */
  width?: number | undefined;
  /** The height of the image in pixels. */
  height?: number | undefined;
  /** Width and height together. */
  resolution?: Vec2Like | undefined;
  imageFromCamera?: never;
  fovY?: never;
  aspectRatio?: never;
}

/** A camera by its field of view. */
export interface PinholeByFieldOfView {
  /** The vertical field of view in radians. */
  fovY: number;
  /** Width divided by height. The size of the image is stored as `[aspectRatio, 1]`. */
  aspectRatio: number;
  /** The point where the optical axis meets the image, in units of its height. Default: the centre. */
  principalPoint?: Vec2Like | undefined;
  imageFromCamera?: never;
  focalLength?: never;
  resolution?: never;
  width?: never;
  height?: never;
}

/** Options of {@link Pinhole}. */
export type PinholeOptions = Omit<PinholeFields, "imageFromCamera" | "resolution"> &
  (PinholeByMatrix | PinholeByFocalLength | PinholeByFieldOfView);

/** A vector of three.js. */
interface Convertible {
  toArray(): unknown;
}

/** The smallest half angle: Rust's f32::EPSILON, as in the native SDKs. */
const MIN_HALF_ANGLE = 1.1920929e-7;

const WAYS = ["imageFromCamera", "focalLength", "fovY"] as const;

/** Throws `InvalidValueError` for one of the {@link WAYS} in another spelling, such as `focal_length`. */
function checkSpelling(fields: FieldValues): void {
  for (const name of Object.keys(fields)) {
    const meant = suggestName(name, WAYS);
    if (meant !== undefined) throw problemWith("Pinhole", `has the unknown field ${didYouMean(name, meant)}`);
  }
}

/** Converts focal lengths and fields of view to matrices. */
export function expandPinhole(options: FieldValues): FieldValues {
  const { imageFromCamera, focalLength, principalPoint, width, height, fovY, aspectRatio, resolution, ...fields } =
    options;
  const ways = [imageFromCamera, focalLength, fovY].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    if (ways.length === 0) checkSpelling(fields);
    throw problemWith(
      "Pinhole",
      `${ways.length === 0 ? "lacks a lens" : `has ${ways.length} lenses`}: pass one of \`imageFromCamera\`, \`focalLength\` and \`fovY\``,
    );
  }
  if (fovY === undefined) exclude(options, ["aspectRatio"], "needs `fovY`");
  if (imageFromCamera !== undefined) {
    exclude(options, ["principalPoint"], "cannot be combined with `imageFromCamera`, whose last column it is");
    const size = width === undefined && height === undefined ? resolution : toResolution(resolution, width, height);
    return { ...fields, imageFromCamera, resolution: size };
  }
  if (fovY !== undefined) {
    exclude(options, ["resolution", "width", "height"], "cannot be combined with `fovY`: pass `aspectRatio`");
    const aspect = toNumber("aspectRatio", aspectRatio);
    const focal = 0.5 / Math.tan(Math.max(toNumber("fovY", fovY) * 0.5, MIN_HALF_ANGLE));
    const center = principalPoint === undefined ? [aspect / 2, 0.5] : principalPoint;
    return {
      ...fields,
      imageFromCamera: intrinsics([focal, focal], toPair("principalPoint", center)),
      resolution: [aspect, 1],
    };
  }
  const size = toResolution(resolution, width, height);
  const center = principalPoint ?? (size === undefined ? undefined : [size[0] / 2, size[1] / 2]);
  if (center === undefined) {
    throw problemWith(
      "Pinhole.focalLength",
      "needs the middle of the image: pass `width` and `height`, or `principalPoint`",
    );
  }
  const focal = typeof focalLength === "number" ? [focalLength, focalLength] : focalLength;
  return {
    ...fields,
    imageFromCamera: intrinsics(toPair("focalLength", focal), toPair("principalPoint", center)),
    resolution: size,
  };
}

/** Throws if one of these options is set. `problem` names the conflict for the message. */
function exclude(options: FieldValues, names: readonly string[], problem: string): void {
  for (const name of names) {
    if (options[name] === undefined) continue;
    throw problemWith(`Pinhole.${name}`, problem);
  }
}

/** Column by column. */
function intrinsics([fx, fy]: readonly [number, number], [cx, cy]: readonly [number, number]): MatricesLike {
  return { columns: [fx, 0, 0, 0, fy, 0, cx, cy, 1] };
}

function toResolution(resolution: unknown, width: unknown, height: unknown): readonly [number, number] | undefined {
  if (resolution !== undefined) {
    if (width !== undefined || height !== undefined) {
      throw problemWith("Pinhole.resolution", "cannot be combined with `width` or `height`");
    }
    return toPair("resolution", resolution);
  }
  if (width === undefined && height === undefined) return undefined;
  if (width === undefined) throw problemWith("Pinhole.width", "is missing: pass it with `height`");
  if (height === undefined) throw problemWith("Pinhole.height", "is missing: pass it with `width`");
  return [toNumber("width", width), toNumber("height", height)];
}

function toPair(option: string, value: unknown): readonly [number, number] {
  const given =
    typeof value === "object" && value !== null && "toArray" in value ? (value as Convertible).toArray() : value;
  if (typeof given === "object" && given !== null) {
    if ("x" in given && "y" in given) return [toNumber(option, given.x), toNumber(option, given.y)];
    const { length, 0: first, 1: second } = given as ArrayLike<unknown>;
    if (length === 2) return [toNumber(option, first), toNumber(option, second)];
  }
  throw named(option, "two numbers, as [x, y] or { x, y }", value);
}

function toNumber(option: string, value: unknown): number {
  if (typeof value === "number") return value;
  throw named(option, "a number", value);
}

function named(option: string, expected: string, value: unknown): InvalidValueError {
  return new InvalidValueError(expected, wrongType(expected, value).got, false, `Pinhole.${option}`);
}
