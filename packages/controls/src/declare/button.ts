import { argumentError, invalidArgument, type OptionNames } from "@rerun-ts/core/checks";
import { CONTROL_OPTIONS, checkControlOptions } from "./check-options.ts";
import type { ButtonControl, ButtonOptions } from "./control-types.ts";

/** The `code` of a keyboard event. A letter is `KeyS`, a digit `Digit1`. */
const CODE = /^[A-Z][A-Za-z0-9]{1,30}$/;
const OPTIONS: OptionNames<ButtonOptions> = { ...CONTROL_OPTIONS, key: 1, hold: "boolean", confirm: "boolean" };

/**
 * Declares a button. A button with `hold` is released 500 ms after its panel is gone. A button is not an emergency
 * stop, because it needs the browser, the network and the program.
 *
 * @example
 * button({ label: "Stop", key: "Space" })
 * @throws {TypeError} if an option is wrong
 */
export function button(options: ButtonOptions = {}): ButtonControl {
  checkControlOptions("button", options, OPTIONS);
  const { key, hold, confirm } = options;
  if (key !== undefined && !CODE.test(key))
    throw invalidArgument("key", 'the `code` of a key, such as "Space" or "KeyS"', key);
  if (hold === true && confirm === true)
    throw argumentError("confirm", "a button with `hold` cannot have `confirm`: nobody can hold it meanwhile");
  return { ...options, kind: "button" };
}
