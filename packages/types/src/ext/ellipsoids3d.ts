import { InvalidValueError, problemWith } from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";
import type { Ellipsoids3DFields } from "../gen/fields/ellipsoids3d.ts";
import { FLOAT32, numbers, type NumbersLike } from "../codecs/numbers.ts";
import type { Vec3sLike } from "../codecs/vectors.ts";
import { requireOne } from "./require-one.ts";

/** The size of the ellipsoids: from the centre along each axis, or the radius of spheres. */
export type Ellipsoids3DSize =
  | { halfSizes: Vec3sLike | null; radii?: never }
  | { radii: NumbersLike | null; halfSizes?: never };

/** Options of {@link Ellipsoids3D}. */
export type Ellipsoids3DOptions = Omit<Ellipsoids3DFields, "halfSizes"> & Ellipsoids3DSize;

const codec = numbers(FLOAT32);

/** Converts the radii of spheres to half sizes. */
export function expandEllipsoids3D(options: FieldValues): FieldValues {
  requireOne(options, "Ellipsoids3D", ["halfSizes", "radii"]);
  if (options.radii === undefined) return options;
  const { radii, ...fields } = options;
  const argument = "Ellipsoids3D.radii";
  if (fields.halfSizes !== undefined) throw problemWith(argument, "cannot be combined with `halfSizes`");
  if (radii === null) return { ...fields, halfSizes: null };
  const builder = codec.createBuilder();
  try {
    codec.append(radii as NumbersLike, builder, -1);
  } catch (error) {
    throw error instanceof InvalidValueError
      ? new InvalidValueError(error.expected, error.got, error.isRange, argument)
      : error;
  }
  const given = new Float32Array(builder.data.used.slice().buffer);
  return { ...fields, halfSizes: Array.from(given, (radius) => [radius, radius, radius]) };
}
