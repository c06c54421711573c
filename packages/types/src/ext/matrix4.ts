import { InvalidValueError } from "@rerun-ts/core/checks";
import { matrices, type MatricesLike } from "../codecs/matrices.ts";

const codec = matrices(4);

/** The 16 numbers of a matrix, column by column. Throws an `InvalidValueError` that names `argument`. */
export function columnsOfMatrix4(matrix: unknown, argument: string): Float32Array {
  const builder = codec.createBuilder();
  try {
    codec.append(matrix as MatricesLike, builder, -1);
  } catch (error) {
    throw error instanceof InvalidValueError
      ? new InvalidValueError(error.expected, error.got, error.isRange, argument)
      : error;
  }
  if (builder.length !== 1) throw new InvalidValueError("one 4×4 matrix", `${builder.length}`, true, argument);
  return new Float32Array(builder.item.data.used.slice().buffer);
}
