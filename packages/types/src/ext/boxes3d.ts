import { InvalidValue } from "@rerun-ts/core/internal";
import type { FieldValues } from "../define/archetype.ts";
import type { Boxes3DFields } from "../gen/archetypes/boxes3d.ts";
import type { Vec3sLike } from "../input/vectors.ts";
import { flatVec3s } from "./vec3s.ts";

/** How large the boxes are: half of their size from the centre, or all of it. */
export type Boxes3DSize =
  | { halfSizes?: Vec3sLike | null | undefined; sizes?: never }
  | { sizes: Vec3sLike | null | undefined; halfSizes?: never };

/** Where the boxes are: at their centres (default 0, 0, 0), or by their corners with the smallest coordinates. */
export type Boxes3DPlace =
  | { centers?: Vec3sLike | null | undefined; mins?: never }
  | { mins: Vec3sLike | null | undefined; centers?: never };

/** Options of {@link Boxes3D}. */
export type Boxes3DOptions = Omit<Boxes3DFields, "halfSizes" | "centers"> & Boxes3DSize & Boxes3DPlace;

/** Sizes and corners become half sizes and centres. */
export function expandBoxes3D(options: FieldValues): FieldValues {
  if (options.sizes === undefined && options.mins === undefined) return options;
  const { sizes, mins, ...fields } = options;
  if (sizes === undefined) {
    if (fields.halfSizes === undefined) throw conflict("mins", "given together with `sizes` or `halfSizes`");
    return { ...fields, centers: centersOf(mins, flatVec3s(fields.halfSizes, "Boxes3D.halfSizes"), fields.centers) };
  }
  if (fields.halfSizes !== undefined) throw conflict("sizes", "given without `halfSizes`");
  if (sizes === null)
    return mins === undefined ? { ...fields, halfSizes: null } : { ...fields, halfSizes: null, centers: null };
  const halfSizes = flatVec3s(sizes, "Boxes3D.sizes").map((size) => size / 2);
  return mins === undefined
    ? { ...fields, halfSizes }
    : { ...fields, halfSizes, centers: centersOf(mins, halfSizes, fields.centers) };
}

/** The smallest corners, moved by half of the size. */
function centersOf(mins: unknown, halfSizes: Float32Array, centers: unknown): Float32Array | null {
  if (centers !== undefined) throw conflict("mins", "given without `centers`");
  if (mins === null) return null;
  const corners = flatVec3s(mins, "Boxes3D.mins");
  // A shorter list of sizes goes on with its last one, as it does in viewers.
  const lastStart = halfSizes.length - 3;
  return corners.map(
    (corner, index) => corner + (halfSizes[index < halfSizes.length ? index : lastStart + (index % 3)] ?? 0),
  );
}

function conflict(option: string, expected: string): InvalidValue {
  return new InvalidValue(expected, "another combination", false, `Boxes3D.${option}`);
}
