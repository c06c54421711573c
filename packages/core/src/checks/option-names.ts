import { invalidArgument } from "./invalid-value-error.ts";

/** The type that `checkOptions` requires of an option. 1 stands for types that the call checks itself. */
type OptionType<Value> = [Value] extends [boolean | undefined]
  ? "boolean"
  : [Value] extends [((...args: never) => unknown) | undefined]
    ? "function"
    : 1;

/** The names of all options, and the types of flags and callbacks. The compiler rejects a missing one. */
export type OptionNames<Options> = { readonly [Name in keyof Options]-?: OptionType<Options[Name]> };

/**
 * Returns an option that is a size or a duration.
 * @throws {TypeError} naming the option if it is negative or no number
 */
export function nonNegative(name: string, value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw invalidArgument(name, "a non-negative number", value);
}
