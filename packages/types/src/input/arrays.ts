import { wrongType } from "@rerun-ts/core/internal";

/** A typed array of numbers that are no bigints. */
export type NumberTypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

const NUMBER_ARRAYS = new Set([
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
]);

/** The name of a typed array's class, also of another realm; `undefined` for anything else. */
export function typedArrayName(value: unknown): string | undefined {
  if (!ArrayBuffer.isView(value)) return undefined;
  return (value as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag];
}

/** Whether the value is a typed array of numbers. */
export function isNumberArray(value: unknown): value is NumberTypedArray {
  const name = typedArrayName(value);
  return name !== undefined && NUMBER_ARRAYS.has(name);
}

/** Whether the value is a typed array of 64-bit integers. */
export function isBigIntArray(value: unknown): value is BigInt64Array | BigUint64Array {
  const name = typedArrayName(value);
  return name === "BigInt64Array" || name === "BigUint64Array";
}

/** Whether the elements are fractions from 0 to 1 when they mean colours. */
export function isFloatArray(value: NumberTypedArray): boolean {
  return typedArrayName(value)?.startsWith("Float") === true;
}

/** The bytes of a typed array, not copied. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** A list of anything: arrays as they are, other array-likes and iterables copied. Throws `InvalidValue`. */
export function toList(value: unknown, expected: string): ArrayLike<unknown> {
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value === "object" && value !== null) {
    if (isNumberArray(value) || isBigIntArray(value)) return value;
    if (Symbol.iterator in value) return [...(value as Iterable<unknown>)];
    if ("length" in value && typeof value.length === "number" && Number.isInteger(value.length))
      return value as ArrayLike<unknown>;
  }
  throw wrongType(expected, value);
}
