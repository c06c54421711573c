import type { NumberColumn } from "../columns/number-column.ts";
import type { WireReader } from "./wire-reader.ts";

/** Reads the next value of a message into a column. */
export type ReadValue = () => void;

/**
 * The function that reads a number into a column. Each frequent type has a separate function, because engines do not
 * optimize a function that writes to arrays of ten types.
 */
export function numberReader(reader: WireReader, column: NumberColumn): ReadValue {
  switch (column.kind) {
    case "float64":
      return () => {
        const at = reader.take(8, 8);
        const index = column.reserve();
        (column.memory as Float64Array)[index] = reader.view.getFloat64(at, reader.isLittle);
      };
    case "float32":
      return () => {
        const at = reader.take(4, 4);
        const index = column.reserve();
        (column.memory as Float32Array)[index] = reader.view.getFloat32(at, reader.isLittle);
      };
    case "int32":
      return () => {
        const at = reader.take(4, 4);
        const index = column.reserve();
        (column.memory as Int32Array)[index] = reader.view.getInt32(at, reader.isLittle);
      };
    case "uint32":
      return () => {
        const at = reader.take(4, 4);
        const index = column.reserve();
        (column.memory as Uint32Array)[index] = reader.view.getUint32(at, reader.isLittle);
      };
    case "uint8":
      return () => {
        const at = reader.take(1, 1);
        const index = column.reserve();
        (column.memory as Uint8Array)[index] = reader.view.getUint8(at);
      };
    default:
      return () => reader.readNumber(column);
  }
}

/** To copy so few numbers one by one is faster than a part of an array. */
const FEW = 16;

/** The function that reads consecutive numbers. `count` returns how many. */
export function numbersReader(reader: WireReader, column: NumberColumn, count: () => number): ReadValue {
  if (column.kind !== "float64") return () => reader.readNumbers(column, count());
  const read = numberReader(reader, column);
  return () => {
    const items = count();
    if (items > FEW) return reader.readNumbers(column, items);
    reader.checkCount(items, column.width);
    for (let index = 0; index < items; index++) read();
  };
}
