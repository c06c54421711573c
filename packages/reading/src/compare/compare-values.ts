import { DataType, Precision, type Data } from "apache-arrow";
import { isValid } from "../arrays/is-valid.ts";
import { typeText } from "../arrays/layout.ts";
import type { PlainValue } from "../values/plain-value.ts";
import { cellReader } from "../values/plain-values.ts";

/** Returns whether row `a` of one array and row `b` of another have the same value. */
export type ValueComparer = (a: number, b: number) => boolean;
/** The same for `length` rows of both, from `a` and from `b`. */
type RangeComparer = (a: number, b: number, length: number) => boolean;

/**
 * Compares the values of two arrays, without objects for numbers in them.
 *
 * @param tolerance the largest difference of two numbers that are equal
 */
export function valueComparer(a: Data, b: Data, tolerance: number): ValueComparer {
  const isEqual = sameType(a, b) ? typedComparer(a, b, tolerance) : plainComparer(a, b, tolerance);
  return (rowA, rowB) => {
    const isThere = isValid(a, rowA);
    return isThere === isValid(b, rowB) && (!isThere || isEqual(rowA, rowB));
  };
}

/** Whether two arrays have the same type, with the names and types of all members. */
function sameType(a: Data, b: Data): boolean {
  return a.type === b.type || typeText(a.type) === typeText(b.type);
}

function typedComparer(a: Data, b: Data, tolerance: number): ValueComparer {
  const { type } = a;
  if (DataType.isList(type) || DataType.isLargeList(type)) {
    const items = rangeComparer(a.children[0] as Data, b.children[0] as Data, tolerance);
    const [offsetsA, offsetsB] = [a.valueOffsets, b.valueOffsets] as (Int32Array | BigInt64Array)[];
    return (rowA, rowB) => {
      const [startA, startB] = [Number(offsetsA?.[rowA]), Number(offsetsB?.[rowB])];
      const length = Number(offsetsA?.[rowA + 1]) - startA;
      return length === Number(offsetsB?.[rowB + 1]) - startB && items(startA, startB, length);
    };
  }
  if (DataType.isStruct(type)) {
    const members = a.children.map((child, index) => valueComparer(child, b.children[index] as Data, tolerance));
    return (rowA, rowB) => members.every((isEqual) => isEqual(rowA, rowB));
  }
  const range = flatComparer(a, b, tolerance);
  return range === undefined ? plainComparer(a, b, tolerance) : (rowA, rowB) => range(rowA, rowB, 1);
}

function rangeComparer(a: Data, b: Data, tolerance: number): RangeComparer {
  const flat = hasNulls(a) || hasNulls(b) ? undefined : flatComparer(a, b, tolerance);
  if (flat !== undefined) return flat;
  const isEqual = valueComparer(a, b, tolerance);
  return (startA, startB, length) => {
    for (let index = 0; index < length; index++) if (!isEqual(startA + index, startB + index)) return false;
    return true;
  };
}

function hasNulls({ nullBitmap }: Data): boolean {
  const bitmap = nullBitmap as Uint8Array | undefined;
  return bitmap !== undefined && bitmap.length > 0;
}

/** Compares numbers, and vectors of numbers, in their buffers. `undefined` for other types. */
function flatComparer(a: Data, b: Data, tolerance: number): RangeComparer | undefined {
  const { type } = a;
  if (DataType.isFixedSizeList(type)) {
    const { listSize } = type;
    const items = rangeComparer(a.children[0] as Data, b.children[0] as Data, tolerance);
    return (startA, startB, length) => items(startA * listSize, startB * listSize, length * listSize);
  }
  // The values of 16-bit floats are their bits.
  if (!DataType.isInt(type) && !(DataType.isFloat(type) && type.precision !== Precision.HALF)) return undefined;
  const [valuesA, valuesB] = [a.values as ArrayLike<number | bigint>, b.values as ArrayLike<number | bigint>];
  return (startA, startB, length) => {
    for (let index = 0; index < length; index++) {
      const [x, y] = [valuesA[startA + index], valuesB[startB + index]] as [number | bigint, number | bigint];
      if (x !== y && !isNear(x, y, tolerance)) return false;
    }
    return true;
  };
}

/** Compares values of any type as plain values. */
function plainComparer(a: Data, b: Data, tolerance: number): ValueComparer {
  const [readA, readB] = [cellReader(a), cellReader(b)];
  return (rowA, rowB) => samePlain(readA(rowA), readB(rowB), tolerance);
}

function samePlain(a: PlainValue, b: PlainValue, tolerance: number): boolean {
  if (a === b) return true;
  if (isNumber(a) && isNumber(b)) return isNear(a, b, tolerance);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [namesA, namesB] = [Object.keys(a), Object.keys(b)];
  return (
    namesA.length === namesB.length && namesA.every((name) => samePlain(member(a, name), member(b, name), tolerance))
  );
}

function member(value: object, name: string): PlainValue {
  return (value as Readonly<Record<string, PlainValue | undefined>>)[name] ?? null;
}

function isNumber(value: PlainValue): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function isNear(a: number | bigint, b: number | bigint, tolerance: number): boolean {
  if (typeof a === "bigint" && typeof b === "bigint") return Number(a < b ? b - a : a - b) <= tolerance;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= tolerance || (Number.isNaN(x) && Number.isNaN(y));
}
