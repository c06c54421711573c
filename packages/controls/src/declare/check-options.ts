import { checkOptions, invalidArgument, type OptionNames } from "@rerun-ts/core/checks";
import type { ControlOptions } from "./control-types.ts";

const MAX_TEXT = 500;

export const CONTROL_OPTIONS: OptionNames<ControlOptions> = { label: 1, hint: 1, disabled: "boolean", progress: 1 };

/** Checks the options of a control, with those that all controls have. @throws {TypeError} naming the option */
export function checkControlOptions<Options extends ControlOptions>(
  call: string,
  options: Options | undefined,
  known: OptionNames<Options>,
): void {
  checkOptions(call, options, known);
  for (const name of ["label", "hint"] as const) {
    const value: unknown = options?.[name];
    if (value !== undefined && (typeof value !== "string" || value.length > MAX_TEXT))
      throw invalidArgument(name, `a string of at most ${MAX_TEXT} characters`, value);
  }
  const progress: unknown = options?.progress;
  if (progress !== undefined && !(typeof progress === "number" && progress >= 0 && progress <= 1))
    throw invalidArgument("progress", "a number from 0 to 1", progress);
}

/** Checks options that are finite numbers. @throws {TypeError} naming the option */
export function checkNumbers<Name extends string>(
  options: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
): void {
  for (const name of names) {
    const value = options[name];
    if (value !== undefined && !Number.isFinite(value)) throw invalidArgument(name, "a finite number", value);
  }
}
