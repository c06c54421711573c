import { argumentError, invalidArgument, messageOf } from "@rerun-ts/core/checks";
import { button } from "./button.ts";
import { checkbox, select } from "./choices.ts";
import type { Control } from "./control-types.ts";
import { folder } from "./folder.ts";
import { number, slider, vector3 } from "./numbers.ts";
import { color, text } from "./texts.ts";

/** Declares a control of a kind from its fields. */
type Declare = (fields: never) => Control;

const DECLARE: Readonly<Record<Control["kind"], Declare>> = {
  slider,
  number,
  vector3,
  checkbox,
  color,
  button,
  text: ({ value, ...options }: { value: string; secret?: boolean }) =>
    text(options.secret === true ? options : { ...options, value }),
  select: ({ options, ...more }: { options: readonly string[] }) => select(options, more),
  folder: ({ label, controls, ...options }: { label: string; controls: Record<string, Control> }) =>
    folder(label, controls, options),
};

/**
 * Checks a control, whoever made its object: copies of a declaration may have other fields. Returns the control with
 * all defaults.
 *
 * @throws {TypeError} naming the control, and the option that is wrong
 */
export function checkControl(name: string, control: Control): Control {
  const { kind, ...fields } = (typeof control === "object" && control !== null ? control : {}) as Partial<Control>;
  if (kind === undefined || !Object.hasOwn(DECLARE, kind))
    throw invalidArgument(name, "a declared control, such as slider({ min: 0, max: 1 })", control);
  try {
    return DECLARE[kind](fields as never);
  } catch (error) {
    throw argumentError(name, `the ${kind} ${name} is wrong: ${messageOf(error)}`);
  }
}
