/**
 * The name of the platform's class of a value, such as `Blob` or `URL`. Unlike `instanceof`, it is right for objects of
 * another window, frame or realm.
 */
export function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Whether a value is a `Blob` or a `File`. */
export function isBlob(value: unknown): value is Blob {
  const kind = kindOf(value);
  return kind === "Blob" || kind === "File";
}

/** Whether a value is a `Uint8Array`, such as a `Buffer` of Node. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && kindOf(value) === "Uint8Array";
}

/** Whether a value is a `BigInt64Array`. */
export function isBigInt64Array(value: unknown): value is BigInt64Array {
  return kindOf(value) === "BigInt64Array";
}

/** Whether a value is an `ArrayBuffer`. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return kindOf(value) === "ArrayBuffer";
}

/** Whether a value is a `Map`. */
export function isMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  return kindOf(value) === "Map";
}

/** Whether a value is an error. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || kindOf(value) === "Error";
}

/** Whether a value is a `Date`, which may be invalid. */
export function isDate(value: unknown): value is Date {
  return kindOf(value) === "Date";
}

/** Whether a value is a `URL`. */
export function isUrl(value: unknown): value is URL {
  return kindOf(value) === "URL";
}

/** Whether a value is an `ArrayBuffer` or a `SharedArrayBuffer`. */
export function isBuffer(value: unknown): value is ArrayBufferLike {
  const kind = kindOf(value);
  return kind === "ArrayBuffer" || kind === "SharedArrayBuffer";
}

/**
 * A copy of bytes, because a program may change or transfer them after a call that reads them later. Everything but
 * bytes is returned unchanged. So are detached bytes, whose error is more precise where they are read.
 */
export function ownBytes<Value>(value: Value): Value | Uint8Array<ArrayBuffer> {
  try {
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
    if (isBuffer(value)) return new Uint8Array(value).slice();
  } catch {
    return value;
  }
  return value;
}

/** The text in UTF-8 bytes, also of shared memory, which decoders of browsers refuse. */
export function decodeText(
  bytes: Uint8Array,
  options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean },
): string {
  const isShared = kindOf(bytes.buffer) === "SharedArrayBuffer";
  return new TextDecoder("utf-8", options).decode(isShared ? bytes.slice() : bytes);
}
