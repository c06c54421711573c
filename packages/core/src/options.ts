import { className, describeValue } from "./describe-value.ts";
import { invalidArgument } from "./invalid-value-error.ts";
import { didYouMean, suggestName } from "./suggest-name.ts";

/** The names of all options; the compiler checks that none is missing. The values carry no meaning. */
export type OptionNames<Options> = Readonly<Record<keyof Options, 1>>;

/** Returns an option that is a size or a duration. @throws {TypeError} naming it if it is negative or no number. */
export function nonNegative(name: string, value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw invalidArgument(name, "a non-negative number", value);
}

/** The warning about options of `owner` that are unknown, or no object with options; `undefined` if they are valid. */
export function describeUnknown<Options extends object>(
  owner: string,
  options: Options | undefined,
  known: OptionNames<Options>,
): string | undefined {
  const all = Object.keys(known);
  const named = unknownOptions(options, all);
  const isPlain =
    typeof (options ?? {}) === "object" && (named.length === 0 || className(options as object) === "Object");
  const unknown = isPlain ? named : [`${describeValue(options)} (must be a plain object)`];
  if (unknown.length === 0) return undefined;
  return `unknown options of ${owner} are ignored: ${unknown.join(", ")}; known options: ${all.join(", ")}`;
}

/** The options that are not `known`, each with the one that may be meant. */
export function unknownOptions(options: object | undefined, known: readonly string[]): string[] {
  const unknown = Object.keys(options ?? {}).filter((name) => !known.includes(name));
  return unknown.map((name) => didYouMean(name, suggestName(name, known)));
}

/** The known options of a call; `reporter` reports the others. */
export function withoutUnknown<Options extends object>(
  reporter: { notice(message: string): void },
  call: string,
  options: Options,
  known: OptionNames<Options>,
): Options {
  const warning = describeUnknown(`\`${call}\``, options, known);
  if (warning === undefined) return options;
  reporter.notice(warning);
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(known, name))) as Options;
}
