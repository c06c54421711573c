import type { ValuesOf } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import { change, programOf } from "./ask-relay.ts";
import { controlOf } from "./controls-get-command.ts";
import { placeOf } from "./control-url.ts";
import type { PRESS } from "./controls-press-table.ts";

/** Runs `rerun-ts controls press`. @throws {UsageError} if the URL is wrong, or the control is not a button */
export async function press(values: ValuesOf<typeof PRESS>): Promise<void> {
  const place = placeOf(values);
  const [, name = ""] = values.positionals;
  const program = await programOf(place);
  const { kind } = controlOf(program, name);
  if (kind !== "button") throw new UsageError(`${name} is not a button: use \`controls set\``);
  await change(place, program, name, { press: true, confirmed: values.confirm });
}
