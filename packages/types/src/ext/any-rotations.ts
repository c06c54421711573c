import { problemWith } from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";
import type { RotationAxisAnglesLike } from "../codecs/rotations.ts";
import type { Vec4sLike } from "../codecs/vectors.ts";

/** Rotations: either quaternions x, y, z, w, or angles about axes. */
export type RotationsLike = Vec4sLike | RotationAxisAnglesLike;

/**
 * Converts the option `rotations` to the field of its kind. As in the native SDKs, the other field is cleared. Throws
 * `InvalidValueError` if one of the fields is also set.
 */
export function expandRotations({ rotations, ...fields }: FieldValues, archetype: string): FieldValues {
  if (fields.quaternions !== undefined || fields.rotationAxisAngles !== undefined) {
    const problem = "cannot be combined with `quaternions` or `rotationAxisAngles`";
    throw problemWith(`${archetype}.rotations`, problem);
  }
  return isAboutAxes(rotations)
    ? { ...fields, rotationAxisAngles: rotations, quaternions: null }
    : { ...fields, quaternions: rotations, rotationAxisAngles: null };
}

/** Whether a rotation, or the first of a list, is about an axis. */
export function isAboutAxes(rotations: unknown): boolean {
  const first: unknown = Array.isArray(rotations) ? rotations[0] : rotations;
  return typeof first === "object" && first !== null && "axis" in first;
}
