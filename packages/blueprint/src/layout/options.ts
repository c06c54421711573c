import { InvalidValueError, describeValue, didYouMean, suggestName } from "@rerun-ts/core/checks";
import { describeData, isComponents } from "../property.ts";

/**
 * Checks that options are an object without unknown names. Unlike `checkOptions` of core, the function names the part
 * of the layout, because the problem is reported only when the layout is sent.
 *
 * @throws {InvalidValueError} naming their owner
 */
export function checkLayoutOptions(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null)
    throw new InvalidValueError("an object of options", describeValue(options), false, owner);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    const got = didYouMean(name, suggestName(name, known));
    throw new InvalidValueError(`without options other than ${known.join(", ")}`, got, false, owner);
  }
}

/** Checks that a value is a plain object, whose names are keys. @throws {InvalidValueError} */
export function checkRecord(argument: string, value: unknown, expected: string): void {
  const prototype: unknown = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  // Objects of other realms have another `Object.prototype`.
  const isPlain = prototype === null || (prototype !== undefined && Object.getPrototypeOf(prototype) === null);
  if (!isPlain || isComponents(value)) throw new InvalidValueError(expected, describeData(value), false, argument);
}
