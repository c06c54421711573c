import { argumentError, invalidArgument, type OptionNames } from "@rerun-ts/core/checks";
import { CONTROL_OPTIONS, checkControlOptions } from "./check-options.ts";
import { checkValue } from "./check-value.ts";
import type { CheckboxControl, CheckboxOptions, SelectControl, SelectOptions } from "./control-types.ts";

const MAX_OPTIONS = 500;
const MAX_OPTION_LENGTH = 200;
const SELECT_OPTIONS: OptionNames<SelectOptions> = { ...CONTROL_OPTIONS, value: 1 };
const CHECKBOX_OPTIONS: OptionNames<CheckboxOptions> = { ...CONTROL_OPTIONS, value: "boolean" };

/**
 * Declares a choice among texts.
 *
 * @param options the texts, in their order: 1 to 500 different ones of at most 200 characters
 * @example
 * select(["auto", "manual"], { label: "Mode" })
 * @throws {TypeError} if an argument is wrong
 */
export function select<const Option extends string>(
  options: readonly Option[],
  more: SelectOptions<Option> = {},
): SelectControl<Option> {
  checkControlOptions<SelectOptions>("select", more, SELECT_OPTIONS);
  const [first] = checkSelectOptions(options);
  const control: SelectControl<Option> = {
    ...more,
    kind: "select",
    options: [...options],
    value: more.value ?? (first as Option),
  };
  checkValue("value", control, control.value);
  return control;
}

/** Checks the texts of a choice. @throws {TypeError} if one is wrong */
export function checkSelectOptions(options: unknown): readonly string[] {
  const isText = (option: unknown): boolean => typeof option === "string" && option.length <= MAX_OPTION_LENGTH;
  if (!Array.isArray(options) || options.length === 0 || options.length > MAX_OPTIONS || !options.every(isText))
    throw invalidArgument(
      "options",
      `an array of 1 to ${MAX_OPTIONS} strings of at most ${MAX_OPTION_LENGTH} characters`,
      options,
    );
  if (new Set(options).size < options.length)
    throw argumentError("options", "`options` must be different from each other");
  return options as string[];
}

/**
 * Declares a box for yes or no.
 *
 * @example
 * checkbox({ label: "Show contacts", value: true })
 * @throws {TypeError} if an option is wrong
 */
export function checkbox(options: CheckboxOptions = {}): CheckboxControl {
  checkControlOptions("checkbox", options, CHECKBOX_OPTIONS);
  const control: CheckboxControl = { ...options, kind: "checkbox", value: options.value ?? false };
  checkValue("value", control, control.value);
  return control;
}
