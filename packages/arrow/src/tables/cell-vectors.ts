import { DataType, makeData, makeVector, vectorFromArray, type Vector } from "apache-arrow";
import type { Cell } from "./table-batch.ts";

/** Makes the Arrow column of cells, all of the same type. */
export function cellVector(cells: readonly Cell[], type: DataType): Vector {
  const values = numbersOf(cells, type);
  if (values === undefined) return vectorFromArray(cells as never, type as never);
  let nullCount = 0;
  const nullBitmap = new Uint8Array(Math.ceil(cells.length / 8));
  for (const [row, cell] of cells.entries()) {
    if (cell === null) nullCount++;
    else nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
  }
  const nulls = nullCount === 0 ? {} : { nullBitmap, nullCount };
  return makeVector(makeData({ type: type as never, length: cells.length, data: values as never, ...nulls }));
}

/** The values of a column of numbers or times, with zeros for nulls. `undefined` for other types. */
function numbersOf(cells: readonly Cell[], type: DataType): ArrayBufferView | undefined {
  const integer = (cell: Cell): bigint => (cell ?? 0n) as bigint;
  const number = (cell: Cell): number => (cell ?? 0) as number;
  if (DataType.isTimestamp(type)) return BigInt64Array.from(cells, integer);
  if (DataType.isInt(type)) {
    if (type.bitWidth < 64) return Int32Array.from(cells, number);
    return type.isSigned ? BigInt64Array.from(cells, integer) : BigUint64Array.from(cells, integer);
  }
  if (!DataType.isFloat(type)) return undefined;
  return type.ArrayType === Float32Array ? Float32Array.from(cells, number) : Float64Array.from(cells, number);
}
