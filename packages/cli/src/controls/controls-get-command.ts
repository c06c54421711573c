import { RerunError } from "@rerun-ts/core";
import { didYouMean, suggestName } from "@rerun-ts/core/checks";
import type { Declaration, OfferedProgram } from "@rerun-ts/controls/protocol";
import type { ValuesOf } from "../command/command-table.ts";
import { print } from "../rrd/rrd-output.ts";
import { programOf } from "./ask-relay.ts";
import { placeOf } from "./control-url.ts";
import type { GET } from "./controls-get-table.ts";

/** Two exchanged letters. */
const MAX_SLIPS = 2;

/** Runs `rerun-ts controls get`. @throws {UsageError} if the URL is wrong */
export async function get(values: ValuesOf<typeof GET>): Promise<void> {
  const place = placeOf(values);
  const [, name = ""] = values.positionals;
  const program = await programOf(place);
  const control = controlOf(program, name);
  const value = program.values[name];
  if (place.isJson) return print(JSON.stringify({ ...control, value }));
  if (value === undefined) throw new RerunError("NOT_FOUND", `${name} has no value: its kind is ${control.kind}`);
  await print(typeof value === "string" ? value : JSON.stringify(value));
}

/** A control of a program. @throws {RerunError} `NOT_FOUND`, with the name that is meant */
export function controlOf(program: OfferedProgram, name: string): Declaration {
  const control = program.controls.find((one) => one.name === name);
  if (control !== undefined) return control;
  const meant = suggestName(
    name,
    program.controls.map((one) => one.name),
    MAX_SLIPS,
  );
  throw new RerunError("NOT_FOUND", `the program has no control ${didYouMean(name, meant)}`);
}
