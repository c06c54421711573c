import type { FieldValues } from "../define/archetype.ts";
import type { Boxes3DFields } from "../gen/fields/boxes3d.ts";
import type { Vec3sLike } from "../codecs/vectors.ts";
import { centersOf } from "./flat-vectors.ts";
import { requireOne } from "./require-one.ts";
import { expandRotations, type RotationsLike } from "./any-rotations.ts";

/** The size of the boxes: from the centre to each side, or in full. */
export type Boxes3DSize =
  | { halfSizes: Vec3sLike | null; sizes?: never }
  | { sizes: Vec3sLike | null; halfSizes?: never };

/** The position of the boxes: their centres (default 0, 0, 0), or their corners with the smallest coordinates. */
export type Boxes3DPlace =
  | { centers?: Vec3sLike | null | undefined; mins?: never }
  | { mins: Vec3sLike | null | undefined; centers?: never };

/** The rotation of the boxes: all by quaternions, or all about axes. */
export type Boxes3DRotation =
  | { rotations?: never }
  | { rotations: RotationsLike | null | undefined; quaternions?: never; rotationAxisAngles?: never };

/** Options of {@link Boxes3D}. */
export type Boxes3DOptions = Omit<Boxes3DFields, "halfSizes" | "centers"> &
  Boxes3DSize &
  Boxes3DPlace &
  Boxes3DRotation;

/** Converts sizes and corners to half sizes and centres, and rotations to the field of their kind. */
export function expandBoxes3D(options: FieldValues): FieldValues {
  if (options.mins === undefined) requireOne(options, "Boxes3D", ["halfSizes", "sizes"]);
  const fields = options.rotations === undefined ? options : expandRotations(options, "Boxes3D");
  return centersOf(fields, "Boxes3D", 3);
}
