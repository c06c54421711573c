import type { ValuesOf } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import { change, programOf } from "./ask-relay.ts";
import { controlNamed } from "./control-named.ts";
import { placeOf } from "./control-url.ts";
import type { PRESS } from "./controls-press-table.ts";

/** Runs `rerun-ts controls press`. @throws {UsageError} if the URL is wrong, or the control is not a button */
export async function press(values: ValuesOf<typeof PRESS>): Promise<void> {
  const place = placeOf(values);
  const [, name = ""] = values.positionals;
  const program = await programOf(place);
  const { kind, hold, confirm } = controlNamed(program.controls, name);
  if (kind !== "button") throw new UsageError(`${name} is not a button: use \`controls set\``);
  if (hold === true) throw new UsageError(`${name} is held while it is pressed: use a panel`);
  if (confirm === true && !values.confirm)
    throw new UsageError(`a press of ${name} must be confirmed: use \`--confirm\``);
  await change(place, program, name, { press: true, confirmed: values.confirm });
}
