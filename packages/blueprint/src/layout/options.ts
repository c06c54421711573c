import { InvalidValueError, describeValue, didYouMean, suggestName } from "@rerun-ts/core/checks";
import { describeData, isComponents } from "../property.ts";

/** Checks that options are an object without unknown keys. @throws {InvalidValueError} naming their owner */
export function checkOptions(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new InvalidValueError("given its options as an object", describeValue(options), false, owner);
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    const got = didYouMean(name, suggestName(name, known));
    throw new InvalidValueError(`given no other options than ${known.join(", ")}`, got, false, owner);
  }
}

/** Checks that a value is a plain object, whose names are keys. @throws {InvalidValueError} */
export function checkRecord(argument: string, value: unknown, expected: string): void {
  const prototype: unknown = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  // Objects of other realms have another `Object.prototype`.
  const isPlain = prototype === null || (prototype !== undefined && Object.getPrototypeOf(prototype) === null);
  if (!isPlain || isComponents(value)) throw new InvalidValueError(expected, describeData(value), false, argument);
}

/** Checks an option that is a boolean, or absent. @throws {InvalidValueError} */
export function checkBoolean(argument: string, value: unknown): void {
  if (value !== undefined && value !== null && typeof value !== "boolean") {
    throw new InvalidValueError("true or false", describeValue(value), false, argument);
  }
}
