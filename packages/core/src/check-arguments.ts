import { describeValue } from "./describe-value.ts";
import { describeUnknown, type OptionNames } from "./options.ts";

/** Checks that the argument `options` is an object. @throws {TypeError} */
export function checkObject(options: unknown): void {
  if (typeof options === "object" && options !== null) return;
  throw new TypeError(`\`options\` must be an object, got ${describeValue(options)}`);
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
