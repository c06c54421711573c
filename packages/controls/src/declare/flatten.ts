import { argumentError, invalidArgument } from "@rerun-ts/core/checks";
import type { Declaration } from "../protocol.ts";
import { checkControl } from "./check-control.ts";
import type { Control, Controls, ControlValue } from "./control-types.ts";

const NAME = /^[A-Za-z_][\w-]{0,60}$/;
const MAX_CONTROLS = 500;
const MAX_DEPTH = 8;
/** Clicks and keys have the entity `/controls/viewer`. */
const RESERVED = "viewer";
/** Objects have other values under this name. */
const IMPOSSIBLE = "__proto__";

/** A control with its path, and its value at the start. */
export interface FlatControl {
  readonly declaration: Declaration;
  readonly value: ControlValue | undefined;
}

/** Lists the controls, those of folders after their folder. @throws {TypeError} if a name or a number of controls is wrong */
export function flattenControls(controls: Controls): FlatControl[] {
  if (typeof controls !== "object" || controls === null || Array.isArray(controls))
    throw invalidArgument("controls", "an object with controls by name", controls);
  const flat: FlatControl[] = [];
  collect(controls, "", 1, flat);
  if (flat.length > MAX_CONTROLS)
    throw argumentError("controls", `\`controls\` must be at most ${MAX_CONTROLS} controls, got ${flat.length}`);
  checkKeys(flat);
  return flat;
}

function collect(controls: Controls, prefix: string, depth: number, flat: FlatControl[]): void {
  if (depth > MAX_DEPTH) throw argumentError("controls", `folders must be at most ${MAX_DEPTH - 1} deep`);
  for (const [key, declared] of Object.entries(controls)) {
    const name = prefix + key;
    if (!NAME.test(key) || name === RESERVED || key === IMPOSSIBLE)
      throw argumentError(
        "controls",
        `the name ${JSON.stringify(name)} must be letters, digits, _ and -, at most 61, a letter first, and not "${RESERVED}"; panels show its \`label\`, and a folder() has a group`,
      );
    const control = checkControl(name, declared);
    flat.push({ declaration: toDeclaration(name, control), value: "value" in control ? control.value : undefined });
    if (control.kind === "folder") collect(control.controls, `${name}/`, depth + 1, flat);
  }
}

/** @throws {TypeError} if one key presses two buttons */
function checkKeys(controls: readonly FlatControl[]): void {
  const names = new Map<string, string>();
  for (const { declaration } of controls) {
    const { key, name } = declaration;
    if (key === undefined) continue;
    const other = names.get(key);
    if (other !== undefined) throw argumentError("key", `the \`key\` ${key} would press both ${other} and ${name}`);
    names.set(key, name);
  }
}

function toDeclaration(name: string, control: Control): Declaration {
  const { value: _value, controls: _controls, ...rest } = control as Control & { value?: unknown; controls?: unknown };
  return { ...rest, name } as Declaration;
}
