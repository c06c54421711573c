import { invalidArgument } from "./invalid-value-error.ts";
import { unknownOptions, type OptionNames } from "./options.ts";

/** Checks that the argument `options` is an object. @throws {TypeError} */
export function checkObject(options: unknown): void {
  if (typeof options === "object" && options !== null) return;
  throw invalidArgument("options", "an object", options);
}

/** Checks the options of a call that fails if one of them is unknown. @throws {TypeError} naming it */
export function checkOptions<Options extends object>(
  call: string,
  options: Options | undefined,
  known: OptionNames<Options>,
): void {
  if (options === undefined) return;
  checkObject(options);
  const all = Object.keys(known);
  const unknown = unknownOptions(options, all);
  if (unknown.length === 0) return;
  const verb = unknown.length === 1 ? "is no option" : "are no options";
  throw new TypeError(`${unknown.join(", ")} ${verb} of \`${call}\`; known options: ${all.join(", ")}`);
}

/**
 * Checks the argument `recording`: by the method `log`, which views of a recording have too, or `flush`.
 * @throws {TypeError} with `expected`
 */
export function checkRecording(recording: unknown, method: "log" | "flush", expected = "a RecordingStream"): void {
  if (typeof (recording as Readonly<Record<string, unknown>> | null | undefined)?.[method] === "function") return;
  throw invalidArgument("recording", expected, recording);
}
