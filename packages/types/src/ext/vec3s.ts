import { InvalidValue } from "@rerun-ts/core/internal";
import { FLOAT32 } from "../input/numbers.ts";
import { vectors, type Vec3sLike } from "../input/vectors.ts";

const encoding = vectors<Vec3sLike>(3, FLOAT32);

/** Vectors as flat numbers, for conveniences that calculate with them. Throws `InvalidValue` that names `argument`. */
export function flatVec3s(values: unknown, argument: string): Float32Array {
  const builder = encoding.createBuilder();
  try {
    encoding.append(values as Vec3sLike, builder, -1);
  } catch (error) {
    throw error instanceof InvalidValue ? new InvalidValue(error.expected, error.got, error.isRange, argument) : error;
  }
  const { used } = builder.item.data;
  return new Float32Array(used.slice().buffer);
}
