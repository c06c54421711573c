import type { AsComponents, ComponentColumnList } from "@rerun-ts/core";
import { InvalidValue } from "@rerun-ts/core/internal";
import { Archetype, columnsOf, updateOf, type FieldValues, type FromFieldsOptions } from "../define/archetype.ts";
import { BOXES3D, type Boxes3DFields } from "../gen/archetypes/boxes3d.ts";
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

/**
 * Boxes in 3D space.
 *
 * @example
 * rec.log("car", new rr.Boxes3D({ sizes: [4, 2, 1.5], centers: [0, 0, 0.75], labels: "car", colors: "orange" }));
 */
export class Boxes3D extends Archetype {
  /** The archetype's full name. */
  static readonly archetype: string = BOXES3D.archetype;

  constructor(options: Boxes3DOptions) {
    super(BOXES3D, undefined, options);
  }

  /** Writes only the fields that are given: the others keep what was logged before. */
  static fromFields(fields: Boxes3DFields, options?: FromFieldsOptions): AsComponents {
    return updateOf(BOXES3D, fields, options);
  }

  /** Clears all fields. */
  static cleared(): AsComponents {
    return updateOf(BOXES3D, {}, { clearUnset: true });
  }

  /** Columns for `sendColumns`: one instance per row unless partitioned. */
  static columns(fields: Boxes3DFields): ComponentColumnList {
    return columnsOf(BOXES3D, fields);
  }

  protected override expand(options: FieldValues): FieldValues {
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
