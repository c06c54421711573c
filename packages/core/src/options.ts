import { describeValue } from "./describe-value.ts";

/** The names of all options; the compiler checks that none is missing. The values carry no meaning. */
export type OptionNames<Options> = Readonly<Record<keyof Options, 1>>;

/** Returns an option that is a size or a duration. @throws {TypeError} naming it if it is negative or no number. */
export function nonNegative(name: string, value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new TypeError(`\`${name}\` must be a non-negative number, got ${describeValue(value)}`);
}

/** The warning about unknown options of `owner`; `undefined` if all options are known. */
export function describeUnknown<Options extends object>(
  owner: string,
  options: Options | undefined,
  known: OptionNames<Options>,
): string | undefined {
  const names = unknownNames(options, known);
  if (names.length === 0) return undefined;
  return `unknown options of ${owner} are ignored: ${names.join(", ")}; known options: ${Object.keys(known).join(", ")}`;
}

/** Checks the options of a call that fails if one of them is unknown. @throws {TypeError} naming it */
export function checkOptions<Options extends object>(
  call: string,
  options: Options | undefined,
  known: OptionNames<Options>,
): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null)
    throw new TypeError(`the options of \`${call}\` must be an object, got ${describeValue(options)}`);
  const names = unknownNames(options, known).map((name) => `\`${name}\``);
  if (names.length === 0) return;
  const verb = names.length === 1 ? "is no option" : "are no options";
  throw new TypeError(`${names.join(", ")} ${verb} of \`${call}\`; known options: ${Object.keys(known).join(", ")}`);
}

function unknownNames<Options extends object>(options: Options | undefined, known: OptionNames<Options>): string[] {
  return Object.keys(options ?? {}).filter((name) => !Object.hasOwn(known, name));
}
