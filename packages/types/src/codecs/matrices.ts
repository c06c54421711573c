import { forEachIndex, toArrayLike, wrongCount, wrongType } from "@rerun-ts/core/checks";
import type { PrimitiveBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { isNumberArray } from "./arrays.ts";
import { FLOAT32, numberWriter } from "./numbers.ts";
import { vectorLayout, type ToArray, type VectorBuilder } from "./vectors.ts";

/** The numbers of a matrix: nested or flat. */
export type MatrixNumbers = ArrayLike<number> | readonly ArrayLike<number>[];

/** One matrix: nested rows, `{ rows }`, `{ columns }`, or an object whose `toArray()` returns columns (three.js). */
export type MatrixLike =
  | readonly ArrayLike<number>[]
  | { readonly rows: MatrixNumbers }
  | { readonly columns: MatrixNumbers }
  | ToArray;

/** One matrix, or a list of them. */
export type MatricesLike = MatrixLike | readonly MatrixLike[];

const writer = numberWriter(FLOAT32);

/** Square matrices of float32, stored column by column. */
export function matrices(size: number): Codec<MatricesLike, VectorBuilder> {
  const expected = `a ${size}×${size} matrix: nested rows, { rows } or { columns } (a flat array is ambiguous)`;
  return {
    ...vectorLayout(size * size, FLOAT32),
    append(values, builder): void {
      const given = listed(values);
      if (Array.isArray(given) && given.length === 0) return;
      if (!isListOfMatrices(given)) return appendMatrix(builder, given, size, expected);
      forEachIndex(given.length, (index) => appendMatrix(builder, given[index], size, expected));
    },
  };
}

/** Iterables as arrays: iterators of newer platforms have a method `toArray`, as matrices of three.js have. */
function listed(values: MatricesLike): MatricesLike {
  if (typeof values !== "object" || values === null || Array.isArray(values) || ArrayBuffer.isView(values))
    return values;
  return Symbol.iterator in values ? [...(values as Iterable<MatrixLike>)] : values;
}

function isListOfMatrices(values: MatricesLike): values is readonly MatrixLike[] {
  if (!Array.isArray(values)) return false;
  const first: unknown = values[0];
  if (typeof first !== "object" || first === null || isNumberArray(first)) return false;
  return !Array.isArray(first) || typeof first[0] === "object";
}

function appendMatrix({ item }: VectorBuilder, matrix: unknown, size: number, expected: string): void {
  if (typeof matrix !== "object" || matrix === null) throw wrongType(expected, matrix);
  if (ArrayBuffer.isView(matrix)) throw wrongType(expected, matrix);
  if (Array.isArray(matrix) && typeof matrix[0] !== "number")
    return appendRows(item, flatten(matrix, size, expected), size);
  if ("rows" in matrix) return appendRows(item, flatten(matrix.rows, size, expected), size);
  if ("columns" in matrix) return writer.all(item, flatten(matrix.columns, size, expected));
  if (typeof (matrix as Partial<ToArray>).toArray === "function")
    return writer.all(item, flatten((matrix as ToArray).toArray(), size, expected));
  throw wrongType(expected, matrix);
}

function appendRows(item: PrimitiveBuilder, rows: ArrayLike<unknown>, size: number): void {
  for (let column = 0; column < size; column++) {
    for (let row = 0; row < size; row++) writer.one(item, rows[row * size + column]);
  }
}

/** The numbers as a flat list. Throws `InvalidValueError` if a row or the matrix has the wrong length. */
function flatten(numbers: unknown, size: number, expected: string): ArrayLike<unknown> {
  const list = toArrayLike(numbers, expected);
  if (typeof list[0] === "number") {
    if (list.length !== size * size) throw wrongCount(expected, `${list.length} numbers`);
    return list;
  }
  if (list.length !== size) throw wrongCount(expected, `${list.length} rows or columns`);
  const flat: unknown[] = [];
  for (let index = 0; index < size; index++) {
    const line = toArrayLike(list[index], expected);
    if (line.length !== size)
      throw wrongCount(expected, `${line.length} numbers in the row or column at index ${index}`);
    flat.push(...Array.from(line));
  }
  return flat;
}
