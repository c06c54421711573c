import { InvalidValue } from "@rerun-ts/core/internal";
import type { FieldValues } from "../define/archetype.ts";
import type { Encoding } from "../define/encoding.ts";
import { FLOAT32, FLOAT64 } from "../input/numbers.ts";
import { vectors, type VectorBuilder } from "../input/vectors.ts";

/** Vectors as flat numbers, for conveniences that calculate with them. Throws `InvalidValue` that names `argument`. */
export function flatVectors(values: unknown, size: number, argument: string): Float32Array {
  return new Float32Array(flatBytes(values, vectors<unknown>(size, FLOAT32), argument));
}

/** The same with 64 bits for each number. */
export function flatDoubles(values: unknown, size: number, argument: string): Float64Array {
  return new Float64Array(flatBytes(values, vectors<unknown>(size, FLOAT64), argument));
}

function flatBytes(values: unknown, encoding: Encoding<unknown, VectorBuilder>, argument: string): ArrayBuffer {
  const builder = encoding.createBuilder();
  try {
    encoding.append(values, builder, -1);
  } catch (error) {
    throw error instanceof InvalidValue ? new InvalidValue(error.expected, error.got, error.isRange, argument) : error;
  }
  return builder.item.data.used.slice().buffer;
}

/** Boxes by `sizes` or `mins` as half sizes and centres, in 2D or 3D. Throws `InvalidValue`. */
export function centersOf(options: FieldValues, archetype: string, size: number): FieldValues {
  if (options.sizes === undefined && options.mins === undefined) return options;
  const { sizes, mins, ...fields } = options;
  const conflict = (option: string, expected: string): InvalidValue =>
    new InvalidValue(expected, "another combination", false, `${archetype}.${option}`);
  if (sizes === undefined && fields.halfSizes === undefined)
    throw conflict("mins", "given together with `sizes` or `halfSizes`");
  if (sizes !== undefined && fields.halfSizes !== undefined) throw conflict("sizes", "given without `halfSizes`");
  if (mins !== undefined && fields.centers !== undefined) throw conflict("mins", "given without `centers`");
  const given = sizes === undefined ? fields.halfSizes : sizes;
  if (given === null)
    return mins === undefined ? { ...fields, halfSizes: null } : { ...fields, halfSizes: null, centers: null };
  const argument = `${archetype}.${sizes === undefined ? "halfSizes" : "sizes"}`;
  const flat = flatVectors(given, size, argument);
  const halfSizes = sizes === undefined ? flat : flat.map((extent) => extent / 2);
  if (mins === undefined) return { ...fields, halfSizes };
  if (mins === null) return { ...fields, halfSizes, centers: null };
  const corners = flatVectors(mins, size, `${archetype}.mins`);
  // A shorter list of sizes goes on with its last one, as it does in viewers.
  const last = halfSizes.length - size;
  const centers = corners.map(
    (corner, index) => corner + (halfSizes[index < halfSizes.length ? index : last + (index % size)] ?? 0),
  );
  return { ...fields, halfSizes, centers };
}
