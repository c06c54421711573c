import { wrongType } from "./invalid-value-error.ts";

/** The class name of a typed array, also of another realm; `undefined` for any other value. */
export function typedArrayName(value: unknown): string | undefined {
  if (!ArrayBuffer.isView(value) || !("length" in value)) return undefined;
  return (value as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag];
}

/**
 * Converts a list to an array-like: arrays and other array-likes are returned unchanged, iterables are copied.
 * @throws {InvalidValueError} with `expected` if `value` is none of them
 */
export function toArrayLike(value: unknown, expected: string): ArrayLike<unknown> {
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value === "object" && value !== null) {
    if (typedArrayName(value) !== undefined) return value as ArrayLike<unknown>;
    if (Symbol.iterator in value) return [...(value as Iterable<unknown>)];
    if ("length" in value && typeof value.length === "number" && Number.isInteger(value.length))
      return value as ArrayLike<unknown>;
  }
  throw wrongType(expected, value);
}
