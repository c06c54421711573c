import { InvalidValueError, toArrayLike, typedArrayName, wrongType, withinKey } from "@rerun-ts/core/checks";
import type { ListBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { lists } from "./lists.ts";
import type { NumberKind } from "./numbers.ts";
import {
  vectors,
  type Vec2Like,
  type Vec2sLike,
  type Vec3Like,
  type Vec3sLike,
  type VectorBuilder,
} from "./vectors.ts";

/** The points of all strips in one flat array, and the length of each strip. */
export interface PartitionedStripsLike {
  /** The points of all strips, one after the other. */
  readonly points: ArrayLike<number> | readonly ArrayLike<number>[];
  /** The number of points of each strip. */
  readonly lengths: ArrayLike<number>;
}

/** One strip, as its points, or a list of strips. A flat array is one strip. */
export type LineStrips2DLike = Vec2sLike | readonly (readonly Vec2Like[] | ArrayLike<number>)[] | PartitionedStripsLike;
/** One strip, as its points, or a list of strips. A flat array is one strip. */
export type LineStrips3DLike = Vec3sLike | readonly (readonly Vec3Like[] | ArrayLike<number>)[] | PartitionedStripsLike;

/** Lines from point to point. Each point has `size` numbers. */
export function lineStrips<Input>(size: number, kind: NumberKind): Codec<Input, ListBuilder<VectorBuilder>> {
  const points = vectors<never>(size, kind);
  const expected = `the points of a strip, a list of strips, or { points, lengths }`;
  const strips = lists<Input, VectorBuilder>(points, expected, (values) => isOneStrip(values, size));
  return {
    ...strips,
    append(values, builder, instances): void {
      const isPartitioned = typeof values === "object" && values !== null && "lengths" in values && "points" in values;
      if (!isPartitioned) return strips.append(values, builder, instances);
      const from = builder.item.length;
      points.append(values.points as never, builder.item, -1);
      closeStrips(builder, from, values.lengths);
    },
  };
}

/** Whether the values are the points of one strip: the first is a number or a vector, not a list of vectors. */
function isOneStrip(values: unknown, size: number): boolean {
  if (!Array.isArray(values)) return true;
  const first: unknown = values[0];
  if (typeof first !== "object" || first === null) return values.length > 0;
  if (Array.isArray(first)) return typeof first[0] === "number" && first.length === size;
  // An array of another length is a flat strip of points.
  return typedArrayName(first) === undefined || (first as unknown as ArrayLike<number>).length === size;
}

function closeStrips(builder: ListBuilder<VectorBuilder>, from: number, given: unknown): void {
  const lengths = toArrayLike(given, "a list of the number of points of each strip");
  let end = from;
  for (let index = 0; index < lengths.length; index++) {
    const length = lengths[index];
    if (typeof length !== "number" || !Number.isInteger(length) || length < 0)
      throw withinKey(wrongType("non-negative integers", length).atIndex(index), "lengths");
    end += length;
    builder.close(end);
  }
  const count = builder.item.length - from;
  if (end - from !== count)
    throw withinKey(
      new InvalidValueError(`as many points as there are, ${count}`, `${end - from} in sum`, true),
      "lengths",
    );
}
