import { argumentError, invalidArgument, type OptionNames } from "@rerun-ts/core/checks";
import { CONTROL_OPTIONS, checkControlOptions } from "./check-options.ts";
import { checkValue } from "./check-value.ts";
import type { ColorControl, ColorOptions, TextControl, TextOptions } from "./control-types.ts";

const DEFAULT_LENGTH = 1000;
/** A text must fit into a message. */
const MAX_LENGTH = 4000;
const TEXT_OPTIONS: OptionNames<TextOptions> = { ...CONTROL_OPTIONS, value: 1, maxLength: 1, secret: "boolean" };
const COLOR_OPTIONS: OptionNames<ColorOptions> = { ...CONTROL_OPTIONS, value: 1 };

/**
 * Declares a field for a text. A text that is `secret` is passed to handlers, and kept nowhere: neither in the
 * recording, nor in `values`, nor by the relay.
 *
 * @example
 * text({ label: "Name of the run", maxLength: 40 })
 * @throws {TypeError} if an option is wrong
 */
export function text(options: TextOptions = {}): TextControl {
  checkControlOptions("text", options, TEXT_OPTIONS);
  const { maxLength = DEFAULT_LENGTH } = options;
  if (!Number.isInteger(maxLength) || maxLength < 1 || maxLength > MAX_LENGTH)
    throw invalidArgument("maxLength", `an integer from 1 to ${MAX_LENGTH}`, maxLength);
  if (options.secret === true && options.value !== undefined)
    throw argumentError("value", "a secret text has no `value`: whoever opens the panel would see it");
  const control: TextControl = { ...options, kind: "text", maxLength, value: options.value ?? "" };
  checkValue("value", control, control.value);
  return control;
}

/**
 * Declares a field for a colour.
 *
 * @example
 * color({ value: "#ff8800" })
 * @throws {TypeError} if an option is wrong
 */
export function color(options: ColorOptions = {}): ColorControl {
  checkControlOptions("color", options, COLOR_OPTIONS);
  const control: ColorControl = { ...options, kind: "color", value: options.value ?? "#ffffff" };
  return { ...control, value: checkValue("value", control, control.value) as string };
}
