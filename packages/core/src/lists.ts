import { wrongType } from "./invalid-value.ts";

/** The name of a typed array's class, also of another realm; `undefined` for anything else. */
export function typedArrayName(value: unknown): string | undefined {
  if (!ArrayBuffer.isView(value) || !("length" in value)) return undefined;
  return (value as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag];
}

/** A list of anything: arrays as they are, other array-likes and iterables copied. Throws `InvalidValue`. */
export function toList(value: unknown, expected: string): ArrayLike<unknown> {
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value === "object" && value !== null) {
    if (typedArrayName(value) !== undefined) return value as ArrayLike<unknown>;
    if (Symbol.iterator in value) return [...(value as Iterable<unknown>)];
    if ("length" in value && typeof value.length === "number" && Number.isInteger(value.length))
      return value as ArrayLike<unknown>;
  }
  throw wrongType(expected, value);
}
