import type { FieldValues } from "../define/archetype.ts";
import type { Boxes3DFields } from "../gen/archetypes/boxes3d.ts";
import type { Vec3sLike } from "../input/vectors.ts";
import { centersOf } from "./flat-vectors.ts";
import { expandRotations, type RotationsLike } from "./any-rotations.ts";

/** How large the boxes are: half of their size from the centre, or all of it. */
export type Boxes3DSize =
  | { halfSizes?: Vec3sLike | null | undefined; sizes?: never }
  | { sizes: Vec3sLike | null | undefined; halfSizes?: never };

/** Where the boxes are: at their centres (default 0, 0, 0), or by their corners with the smallest coordinates. */
export type Boxes3DPlace =
  | { centers?: Vec3sLike | null | undefined; mins?: never }
  | { mins: Vec3sLike | null | undefined; centers?: never };

/** How the boxes are turned: all by quaternions or all about axes. */
export type Boxes3DRotation =
  | { rotations?: never }
  | { rotations: RotationsLike | null | undefined; quaternions?: never; rotationAxisAngles?: never };

/** Options of {@link Boxes3D}. */
export type Boxes3DOptions = Omit<Boxes3DFields, "halfSizes" | "centers"> &
  Boxes3DSize &
  Boxes3DPlace &
  Boxes3DRotation;

/** Sizes and corners become half sizes and centres, rotations what they are. */
export function expandBoxes3D(options: FieldValues): FieldValues {
  const fields = options.rotations === undefined ? options : expandRotations(options, "Boxes3D");
  return centersOf(fields, "Boxes3D", 3);
}
