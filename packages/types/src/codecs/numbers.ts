import {
  checked,
  forEachIndex,
  outOfRange,
  toArrayLike,
  typedArrayName,
  wrongType,
  type InvalidValueError,
} from "@rerun-ts/core/checks";
import { PrimitiveBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { bytesOfView, isBigIntArray, isNumberArray, type NumberTypedArray } from "./arrays.ts";

/** One number, or a list of them: an array, a typed array or any iterable. */
export type NumbersLike = number | ArrayLike<number> | Iterable<number>;

/** One integer, or a list of them: numbers, or bigints, which are needed beyond ±(2^53 - 1). */
export type IntegersLike = number | bigint | ArrayLike<number> | ArrayLike<bigint> | Iterable<number | bigint>;

/** Up to this size a loop over the values is faster than copying or converting the whole array. */
const SMALL_BYTES = 512;

/** The range of the numbers of an Arrow type, and how they are written. */
export interface NumberKind {
  readonly type: "Float32" | "Float64" | "UInt8" | "UInt16" | "UInt32" | "Int8" | "Int16" | "Int32";
  readonly min: number;
  readonly max: number;
  /** The typed arrays whose bytes are copied without conversion. */
  readonly arrays: readonly string[];
  /** The typed array that other lists are converted to. */
  readonly TypedArray: new (values: ArrayLike<number>) => NumberTypedArray;
  readonly set: (view: DataView, at: number, value: number) => void;
  /** Writes all values of a small list. One function per type, so that each stays monomorphic. */
  readonly setAll: (view: DataView, at: number, values: ArrayLike<number>) => void;
}

export const FLOAT32: NumberKind = {
  type: "Float32",
  min: -Infinity,
  max: Infinity,
  arrays: ["Float32Array"],
  TypedArray: Float32Array,
  set: (view, at, value) => view.setFloat32(at, value, true),
  setAll: (view, at, values) => {
    for (let index = 0; index < values.length; index++) view.setFloat32(at + index * 4, values[index] as number, true);
  },
};

export const FLOAT64: NumberKind = {
  type: "Float64",
  min: -Infinity,
  max: Infinity,
  arrays: ["Float64Array"],
  TypedArray: Float64Array,
  set: (view, at, value) => view.setFloat64(at, value, true),
  setAll: (view, at, values) => {
    for (let index = 0; index < values.length; index++) view.setFloat64(at + index * 8, values[index] as number, true);
  },
};

export const UINT8: NumberKind = {
  type: "UInt8",
  min: 0,
  max: 0xff,
  arrays: ["Uint8Array", "Uint8ClampedArray"],
  TypedArray: Uint8Array,
  set: (view, at, value) => view.setUint8(at, value),
  setAll: (view, at, values) => {
    for (let index = 0; index < values.length; index++) view.setUint8(at + index, values[index] as number);
  },
};

export const UINT16: NumberKind = {
  type: "UInt16",
  min: 0,
  max: 0xffff,
  arrays: ["Uint16Array"],
  TypedArray: Uint16Array,
  set: (view, at, value) => view.setUint16(at, value, true),
  setAll: (view, at, values) => {
    for (let index = 0; index < values.length; index++) view.setUint16(at + index * 2, values[index] as number, true);
  },
};

export const UINT32: NumberKind = {
  type: "UInt32",
  min: 0,
  max: 0xffffffff,
  arrays: ["Uint32Array"],
  TypedArray: Uint32Array,
  set: (view, at, value) => view.setUint32(at, value, true),
  setAll: (view, at, values) => {
    for (let index = 0; index < values.length; index++) view.setUint32(at + index * 4, values[index] as number, true);
  },
};

export const INT8: NumberKind = {
  type: "Int8",
  min: -0x80,
  max: 0x7f,
  arrays: ["Int8Array"],
  TypedArray: Int8Array,
  set: (view, at, value) => view.setInt8(at, value),
  setAll: (view, at, values) => {
    for (let index = 0; index < values.length; index++) view.setInt8(at + index, values[index] as number);
  },
};

export const INT16: NumberKind = {
  type: "Int16",
  min: -0x8000,
  max: 0x7fff,
  arrays: ["Int16Array"],
  TypedArray: Int16Array,
  set: (view, at, value) => view.setInt16(at, value, true),
  setAll: (view, at, values) => {
    for (let index = 0; index < values.length; index++) view.setInt16(at + index * 2, values[index] as number, true);
  },
};

export const INT32: NumberKind = {
  type: "Int32",
  min: -0x80000000,
  max: 0x7fffffff,
  arrays: ["Int32Array"],
  TypedArray: Int32Array,
  set: (view, at, value) => view.setInt32(at, value, true),
  setAll: (view, at, values) => {
    for (let index = 0; index < values.length; index++) view.setInt32(at + index * 4, values[index] as number, true);
  },
};

/** The error for a value that is not a number, with the remedy for values of databases and Arrow. */
export function wrongNumber(expected: string, value: unknown): InvalidValueError {
  if (typeof value === "bigint")
    return wrongType(`${expected} (bigints? \`Float64Array.from(values, Number)\`)`, value);
  if (value === null)
    return wrongType(`${expected} (nulls of a column? \`values.map((value) => value ?? NaN)\`)`, value);
  return wrongType(expected, value);
}

/** Checks and writes numbers of one Arrow type. */
export interface NumberWriter {
  /** The expected value in error messages, e.g. `an integer from 0 to 255`. */
  readonly expected: string;
  /** Writes one number. Throws `InvalidValueError`. */
  readonly one: (target: PrimitiveBuilder, value: unknown) => void;
  /** Writes all numbers of a typed array or a flat list. Throws `InvalidValueError`. */
  readonly all: (target: PrimitiveBuilder, values: ArrayLike<unknown>) => void;
}

/** The writer for an Arrow type. `expected` is for messages. Default: its numbers. */
export function numberWriter(
  { min, max, arrays, TypedArray, set, setAll }: NumberKind,
  expected: string = min === -Infinity ? "a number" : `an integer from ${min} to ${max}`,
): NumberWriter {
  const isFloat = min === -Infinity;
  const one = ({ data, width }: PrimitiveBuilder, value: unknown): void => {
    if (typeof value !== "number") throw wrongNumber(expected, value);
    if (!isFloat && !(Number.isInteger(value) && value >= min && value <= max)) throw outOfRange(expected, value);
    data.reserve(width);
    set(data.view, data.length, value);
    data.length += width;
  };
  const all = ({ data, width }: PrimitiveBuilder, values: ArrayLike<unknown>): void => {
    const name = typedArrayName(values);
    const isOwn = name !== undefined && arrays.includes(name);
    if (!isOwn && !(isFloat && isNumberArray(values))) check(values);
    const byteLength = values.length * width;
    const list = values as NumberTypedArray;
    if (byteLength > SMALL_BYTES) return data.pushBytes(bytesOfView(isOwn ? list : new TypedArray(list)));
    data.reserve(byteLength);
    setAll(data.view, data.length, list);
    data.length += byteLength;
  };
  /** Checks all values before writing the first, because two simple loops are faster than one that does both. */
  const check = (values: ArrayLike<unknown>): void => {
    for (let index = 0; index < values.length; index++) {
      const value = values[index];
      if (typeof value !== "number") throw wrongNumber(expected, value).atIndex(index);
      if (!isFloat && !(Number.isInteger(value) && value >= min && value <= max))
        throw outOfRange(expected, value).atIndex(index);
    }
  };
  return { expected, one, all };
}

/** Single numbers, such as radii and scalars. */
export function numbers(kind: NumberKind): Codec<NumbersLike, PrimitiveBuilder> {
  const { expected, one, all } = numberWriter(kind);
  const expectedList = `${expected}, or a flat list of them`;
  const arrow = { type: kind.type };
  return {
    arrow,
    createBuilder: () => new PrimitiveBuilder(arrow),
    append(values, target): void {
      if (typeof values === "number") one(target, values);
      else if (isNumberArray(values)) all(target, values);
      else all(target, toArrayLike(values, expectedList));
    },
  };
}

const INTEGER_RANGES = {
  Int64: { min: -(2n ** 63n), max: 2n ** 63n - 1n, array: "BigInt64Array" },
  UInt64: { min: 0n, max: 2n ** 64n - 1n, array: "BigUint64Array" },
} as const;

/** Integers of 64 bits. */
export function integers64(type: "Int64" | "UInt64"): Codec<IntegersLike, PrimitiveBuilder> {
  const { min, max, array } = INTEGER_RANGES[type];
  const expected = `an integer from ${min} to ${max} (a bigint beyond ±${Number.MAX_SAFE_INTEGER})`;
  const one = ({ data }: PrimitiveBuilder, value: unknown): void => {
    const isSafe = typeof value === "number" && Number.isSafeInteger(value);
    if (!isSafe && typeof value !== "bigint") throw wrongType(expected, value);
    const integer = BigInt(value);
    if (integer < min || integer > max) throw outOfRange(expected, value);
    data.pushInt64(Number(BigInt.asUintN(32, integer)), Number(BigInt.asIntN(32, integer >> 32n)));
  };
  const arrow = { type };
  return {
    arrow,
    createBuilder: () => new PrimitiveBuilder(arrow),
    append(values, builder): void {
      if (typeof values === "number" || typeof values === "bigint") one(builder, values);
      else if (isBigIntArray(values) && typedArrayName(values) === array) builder.data.pushBytes(bytesOfView(values));
      else {
        const list = toArrayLike(values, `${expected}, or a flat list of them`);
        forEachIndex(list.length, (index) => one(builder, list[index]));
      }
    },
  };
}

/**
 * Radii in UI points, which keep their size on the screen when zooming. They are stored as negative numbers.
 *
 * @throws {TypeError} for anything but numbers
 * @example
 * rec.log("cloud", new rr.Points3D(positions, { radii: rr.uiPoints(4) }));
 */
export function uiPoints(radius: number): number;
export function uiPoints(radii: ArrayLike<number>): Float32Array;
export function uiPoints(radii: number | ArrayLike<number>): number | Float32Array {
  if (typeof radii === "number") return -Math.abs(radii);
  return checked("radii", () => {
    const all = toArrayLike(radii, "a number or an array of numbers");
    const negative = new Float32Array(all.length);
    forEachIndex(all.length, (index) => {
      const radius = all[index];
      if (typeof radius !== "number") throw wrongType("a number", radius);
      negative[index] = -Math.abs(radius);
    });
    return negative;
  });
}
