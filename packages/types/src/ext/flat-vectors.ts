import { InvalidValueError, problemWith } from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";
import type { Codec } from "../define/codec.ts";
import { FLOAT32, FLOAT64 } from "../codecs/numbers.ts";
import { vectors, type VectorBuilder } from "../codecs/vectors.ts";

/** Vectors as flat numbers, for calculations. Throws an `InvalidValueError` that names `argument`. */
export function flatVectors(values: unknown, size: number, argument: string): Float32Array {
  return new Float32Array(flatBytes(values, vectors<unknown>(size, FLOAT32), argument));
}

/** Like {@link flatVectors}, with 64 bits for each number. */
export function flatDoubles(values: unknown, size: number, argument: string): Float64Array {
  return new Float64Array(flatBytes(values, vectors<unknown>(size, FLOAT64), argument));
}

function flatBytes(values: unknown, codec: Codec<unknown, VectorBuilder>, argument: string): ArrayBuffer {
  const builder = codec.createBuilder();
  try {
    codec.append(values, builder, -1);
  } catch (error) {
    throw error instanceof InvalidValueError
      ? new InvalidValueError(error.expected, error.got, error.isRange, argument)
      : error;
  }
  return builder.item.data.used.slice().buffer;
}

/** Converts `sizes` and `mins` of boxes to half sizes and centres, in 2D or 3D. Throws `InvalidValueError`. */
export function centersOf(options: FieldValues, archetype: string, size: number): FieldValues {
  if (options.sizes === undefined && options.mins === undefined) return options;
  const { sizes, mins, ...fields } = options;
  const conflict = (option: string, problem: string): InvalidValueError =>
    problemWith(`${archetype}.${option}`, problem);
  if (sizes === undefined && fields.halfSizes === undefined)
    throw conflict("mins", "needs the size of the boxes: pass `sizes` or `halfSizes`");
  if (sizes !== undefined && fields.halfSizes !== undefined)
    throw conflict("sizes", "cannot be combined with `halfSizes`");
  if (mins !== undefined && fields.centers !== undefined) throw conflict("mins", "cannot be combined with `centers`");
  const given = sizes === undefined ? fields.halfSizes : sizes;
  if (given === null)
    return mins === undefined ? { ...fields, halfSizes: null } : { ...fields, halfSizes: null, centers: null };
  const argument = `${archetype}.${sizes === undefined ? "halfSizes" : "sizes"}`;
  const flat = flatVectors(given, size, argument);
  const halfSizes = sizes === undefined ? flat : flat.map((extent) => extent / 2);
  if (mins === undefined) return { ...fields, halfSizes };
  if (mins === null) return { ...fields, halfSizes, centers: null };
  const corners = flatVectors(mins, size, `${archetype}.mins`);
  // The last size is used for all further boxes, as in viewers.
  const last = halfSizes.length - size;
  const centers = corners.map(
    (corner, index) => corner + (halfSizes[index < halfSizes.length ? index : last + (index % size)] ?? 0),
  );
  return { ...fields, halfSizes, centers };
}
