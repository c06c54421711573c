import { kindOf } from "./kind-of.ts";
import { remedyFor } from "./remedy.ts";
import { InvalidValueError, wrongCount, wrongType } from "./invalid-value-error.ts";

/** Arrow counts the elements of a list with 32 bits. */
const MAX_LENGTH = 2147483647;

/**
 * The class name of a typed array, also of another realm. `undefined` for any other value.
 * @throws {InvalidValueError} if the buffer of the array is detached, because such an array looks empty
 */
export function typedArrayName(value: unknown): string | undefined {
  if (!ArrayBuffer.isView(value) || !("length" in value)) return undefined;
  const name = (value as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  if (value.length === 0) checkAttached(value as unknown as Uint8Array, name);
  return name;
}

/** @throws {InvalidValueError} if an array looks empty because its memory is gone */
function checkAttached(array: Uint8Array, name: string | undefined): void {
  try {
    // All methods of a typed array throw if its memory was transferred, or ends before the array.
    array.at(0);
    return;
  } catch {
    const expected = "an array that was not transferred";
    let isDetached = false;
    try {
      array.buffer.slice(0, 0);
    } catch {
      isDetached = true;
    }
    const got = isDetached
      ? `a detached ${name} (log before the transfer, or transfer a copy: \`array.slice()\`)`
      : `a ${name} beyond the end of its buffer, which was made smaller (log it before that)`;
    throw new InvalidValueError(expected, got, false);
  }
}

/**
 * Converts a list to an array-like: arrays and other array-likes are returned unchanged, iterables are copied.
 * @throws {InvalidValueError} with `expected` if `value` is none of them
 */
export function toArrayLike(value: unknown, expected: string): ArrayLike<unknown> {
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value === "object" && value !== null) {
    if (typedArrayName(value) !== undefined) return value as ArrayLike<unknown>;
    // The characters of a `String` object are not a list.
    if (kindOf(value) === "String" || remedyFor(value).includes("proxy of a typed array"))
      throw wrongType(expected, value);
    if (Symbol.iterator in value) return [...(value as Iterable<unknown>)];
    const { length } = value as ArrayLike<unknown>;
    if (Number.isInteger(length)) {
      if (length >= 0 && length <= MAX_LENGTH) return value as ArrayLike<unknown>;
      throw wrongCount("shorter than 2^31 elements", `a list with the length ${length}`);
    }
  }
  throw wrongType(expected, value);
}
