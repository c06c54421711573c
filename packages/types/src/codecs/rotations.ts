import { wrongType } from "@rerun-ts/core/checks";
import type { StructBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { angles, type AngleLike } from "./angles.ts";
import { FLOAT32 } from "./numbers.ts";
import { structs } from "./structs.ts";
import { vectors, type Vec3Like } from "./vectors.ts";

/** A rotation about an axis, by `angle` or `radians`, or by `degrees`: exactly one of them. */
export type RotationAxisAngleLike =
  | { readonly axis: Vec3Like; readonly angle: AngleLike }
  | { readonly axis: Vec3Like; readonly radians: number }
  | { readonly axis: Vec3Like; readonly degrees: number };

/** One rotation about an axis, or a list of them. */
export type RotationAxisAnglesLike = RotationAxisAngleLike | readonly RotationAxisAngleLike[];

const EXPECTED = "{ axis, angle } (radians), { axis, radians } or { axis, degrees }, or a list of such";

/** Rotations about axes. Axes are not normalised. */
export const rotationAxisAngles: Codec<RotationAxisAnglesLike, StructBuilder> = /* @__PURE__ */ structs(
  [
    { name: "axis", codec: /* @__PURE__ */ vectors<Vec3Like>(3, FLOAT32) },
    { name: "angle", codec: angles },
  ],
  { normalize: withAngle },
);

/** Moves the angle to one key, whichever key holds it. */
function withAngle(rotation: unknown): unknown {
  if (typeof rotation !== "object" || rotation === null || !("axis" in rotation)) throw wrongType(EXPECTED, rotation);
  const { angle, radians, degrees, ...others } = rotation as Readonly<Record<string, unknown>>;
  const given = [angle, radians, degrees].filter((value) => value !== undefined);
  if (given.length !== 1) throw wrongType(EXPECTED, rotation);
  return { ...others, angle: angle ?? (radians === undefined ? { degrees } : { radians }) };
}
