import { argumentError, checkObject, invalidArgument } from "@rerun-ts/core/checks";
import type { Declaration } from "../protocol.ts";
import type { Control, Controls, ControlValue } from "./control-types.ts";

const NAME = /^[A-Za-z_][\w-]{0,60}$/;
const MAX_CONTROLS = 500;
const MAX_DEPTH = 8;
/** Clicks and keys have the entity `/controls/viewer`. */
const RESERVED = "viewer";

/** A control with its path, and its value at the start. */
export interface FlatControl {
  readonly declaration: Declaration;
  readonly value: ControlValue | undefined;
}

/** Lists the controls, those of folders after their folder. @throws {TypeError} if a name or a number of controls is wrong */
export function flattenControls(controls: Controls): FlatControl[] {
  checkObject(controls, "controls");
  const flat: FlatControl[] = [];
  collect(controls, "", 1, flat);
  if (flat.length > MAX_CONTROLS)
    throw argumentError("controls", `\`controls\` must be at most ${MAX_CONTROLS} controls, got ${flat.length}`);
  return flat;
}

function collect(controls: Controls, prefix: string, depth: number, flat: FlatControl[]): void {
  if (depth > MAX_DEPTH) throw argumentError("controls", `folders must be at most ${MAX_DEPTH - 1} deep`);
  for (const [key, control] of Object.entries(controls)) {
    const name = prefix + key;
    if (!NAME.test(key) || name === RESERVED)
      throw argumentError(
        "controls",
        `the name ${JSON.stringify(name)} must be letters, digits, _ and -, at most 61, a letter first, and not "${RESERVED}"`,
      );
    if (typeof control?.kind !== "string")
      throw invalidArgument(name, "a declared control, such as slider({ min: 0, max: 1 })", control);
    flat.push({ declaration: toDeclaration(name, control), value: "value" in control ? control.value : undefined });
    if (control.kind === "folder") collect(control.controls, `${name}/`, depth + 1, flat);
  }
}

function toDeclaration(name: string, control: Control): Declaration {
  const { value: _value, controls: _controls, ...rest } = control as Control & { value?: unknown; controls?: unknown };
  return { ...rest, name } as Declaration;
}
