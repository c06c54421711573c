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
  const names = Object.keys(options ?? {}).filter((name) => !Object.hasOwn(known, name));
  if (names.length === 0) return undefined;
  return `unknown options of ${owner} are ignored: ${names.join(", ")}; known options: ${Object.keys(known).join(", ")}`;
}

/** Checks that an argument is an object with options. @throws {TypeError} naming it */
export function checkObject(options: unknown, argument = "options"): void {
  if (typeof options === "object" && options !== null) return;
  throw new TypeError(`\`${argument}\` must be an object, got ${describeValue(options)}`);
}

/** Checks that options are an object without unknown names. @throws {TypeError} naming `owner` */
export function checkOptions<Options extends object>(
  owner: string,
  options: Options,
  known: OptionNames<Options>,
): void {
  checkObject(options);
  const unknown = describeUnknown(owner, options, known);
  if (unknown !== undefined) throw new TypeError(unknown);
}

/**
 * Checks the argument `recording`: by the method `log`, which views of a recording have too, or `flush`.
 * @throws {TypeError} with `expected`
 */
export function checkRecording(recording: unknown, method: "log" | "flush", expected = "a RecordingStream"): void {
  if (typeof (recording as Readonly<Record<string, unknown>> | null | undefined)?.[method] === "function") return;
  throw new TypeError(`\`recording\` must be ${expected}, got ${describeValue(recording)}`);
}
