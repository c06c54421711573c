import { typedArrayName } from "@rerun-ts/core/checks";

/** A typed array of numbers, not of bigints. */
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

/** Whether the value is a typed array of numbers. */
export function isNumberArray(value: unknown): value is NumberTypedArray {
  const name = typedArrayName(value);
  return name !== undefined && !name.startsWith("Big");
}

/** Whether the value is a typed array of 64-bit integers. */
export function isBigIntArray(value: unknown): value is BigInt64Array | BigUint64Array {
  return typedArrayName(value)?.startsWith("Big") === true;
}

/** Whether the elements, when used as colours, are fractions from 0 to 1. */
export function isFloatArray(value: NumberTypedArray): boolean {
  return typedArrayName(value)?.startsWith("Float") === true;
}

/** The bytes of a typed array, without copying. */
export function bytesOfView(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
