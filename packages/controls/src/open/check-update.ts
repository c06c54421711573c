import { argumentError, checkObject, checkOptions, type OptionNames } from "@rerun-ts/core/checks";
import { checkControlOptions, CONTROL_OPTIONS } from "../declare/check-options.ts";
import { checkSelectOptions } from "../declare/choices.ts";
import { checkRange } from "../declare/numbers.ts";
import type { Declaration, DeclarationUpdate } from "../protocol.ts";
import type { ControlChanges } from "./open-controls-types.ts";

const KNOWN: OptionNames<ControlChanges> = {
  label: 1,
  hint: 1,
  disabled: "boolean",
  progress: 1,
  min: 1,
  max: 1,
  step: 1,
  options: 1,
};
/** The changes that a kind of control has besides those of all. */
const OF_KIND: Readonly<Record<string, readonly string[]>> = {
  slider: ["min", "max", "step"],
  number: ["min", "max", "step"],
  vector3: ["min", "max", "step"],
  select: ["options"],
};

/** Checks a change of a declaration, and returns it without what stays. @throws {TypeError} naming the option */
export function checkUpdate(declaration: Declaration, change: ControlChanges): DeclarationUpdate {
  checkObject(change, "change");
  checkOptions("update", change, KNOWN);
  const { progress, options, min, max, step, ...rest } = change;
  checkControlOptions("update", { ...rest, ...(progress !== null && { progress }) }, CONTROL_OPTIONS);
  for (const [name, value] of Object.entries({ min, max, step, options }))
    if (value !== undefined && OF_KIND[declaration.kind]?.includes(name) !== true)
      throw argumentError(name, `a control of the kind ${declaration.kind} has no \`${name}\``);
  if (options !== undefined) checkSelectOptions(options);
  checkRange(
    withoutMissing({
      min: declaration.min,
      max: declaration.max,
      step: declaration.step,
      ...withoutMissing({ min, max, step }),
    }),
  );
  return withoutMissing(change) as DeclarationUpdate;
}

function withoutMissing<Values extends object>(values: Values): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;
}
