// `instanceof` knows the classes of this realm and of this copy alone: not those of other windows and contexts, nor those
// that a program has put in their place, such as zone.js and bluebird for `Promise`.

/** Whether a value is an array of bytes, also of another realm. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || isNamed(value, "Uint8Array");
}

/** Whether a value is a `BigInt64Array`, also of another realm. */
export function isBigInt64Array(value: unknown): value is BigInt64Array {
  return value instanceof BigInt64Array || isNamed(value, "BigInt64Array");
}

/** Whether a value is an `ArrayBuffer`, also of another realm. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return value instanceof ArrayBuffer || isNamed(value, "ArrayBuffer");
}

/** Whether a value is a `Map`, also of another realm. */
export function isMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  return value instanceof Map || isNamed(value, "Map");
}

/** Whether a value is a `Blob` or a `File`, also of another realm. */
export function isBlob(value: unknown): value is Blob {
  return isNamed(value, "Blob") || isNamed(value, "File");
}

/** Whether a value is an error, also of another realm. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || isNamed(value, "Error");
}

function isNamed(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && Object.prototype.toString.call(value) === `[object ${name}]`;
}
