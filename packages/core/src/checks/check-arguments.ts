import { argumentError, invalidArgument } from "./invalid-value-error.ts";
import type { OptionNames } from "./option-names.ts";
import { didYouMean, suggestName } from "./suggest-name.ts";

/** Checks that an argument is an object. @throws {TypeError} */
export function checkObject(value: unknown, argument = "options"): void {
  if (typeof value !== "object" || value === null) throw invalidArgument(argument, "an object", value);
}

/**
 * Checks the options of a call: it fails for an unknown one, and for a flag or a callback of another type.
 *
 * @throws {TypeError} naming it
 */
export function checkOptions<Options extends object>(
  call: string,
  options: Options | undefined,
  known: OptionNames<Options>,
): void {
  if (options === undefined) return;
  checkObject(options);
  for (const [name, value] of Object.entries(options as Readonly<Record<string, unknown>>)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(known, name)) {
      const names = Object.keys(known);
      const unknown = didYouMean(name, suggestName(name, names));
      throw argumentError(name, `${unknown} is no option of \`${call}\`; known options: ${names.join(", ")}`);
    }
    const type: unknown = known[name as keyof Options];
    if (typeof type === "string" && typeof value !== type) throw invalidArgument(name, `a ${type}`, value);
  }
}

/**
 * Checks the argument `recording`: by the method `log`, which views of a recording and the namespace of a package have
 * too, or by `stats`.
 *
 * @throws {TypeError} with `expected`
 */
export function checkRecording(recording: unknown, method: "log" | "stats", expected = "a RecordingStream"): void {
  if (typeof (recording as Readonly<Record<string, unknown>> | null | undefined)?.[method] === "function") return;
  throw invalidArgument("recording", expected, recording);
}
