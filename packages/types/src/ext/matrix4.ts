import { InvalidValue } from "@rerun-ts/core/internal";
import { matrices, type MatricesLike } from "../input/matrices.ts";

const encoding = matrices(4);

/** The 16 numbers of a matrix, column by column. Throws `InvalidValue` that names `argument`. */
export function columnsOfMatrix4(matrix: unknown, argument: string): Float32Array {
  const builder = encoding.createBuilder();
  try {
    encoding.append(matrix as MatricesLike, builder, -1);
  } catch (error) {
    throw error instanceof InvalidValue ? new InvalidValue(error.expected, error.got, error.isRange, argument) : error;
  }
  if (builder.length !== 1) throw new InvalidValue("one 4×4 matrix", `${builder.length}`, true, argument);
  return new Float32Array(builder.item.data.used.slice().buffer);
}
