import { RerunError } from "@rerun-ts/core";
import type { ValuesOf } from "../command/command-table.ts";
import { print } from "../rrd/rrd-output.ts";
import { programOf } from "./ask-relay.ts";
import { controlNamed } from "./control-named.ts";
import { placeOf } from "./control-url.ts";
import type { GET } from "./controls-get-table.ts";

/** Runs `rerun-ts controls get`. @throws {UsageError} if the URL is wrong */
export async function get(values: ValuesOf<typeof GET>): Promise<void> {
  const place = placeOf(values);
  const [, name = ""] = values.positionals;
  const program = await programOf(place);
  const control = controlNamed(program.controls, name);
  const value = program.values[name];
  if (place.isJson) return print(JSON.stringify({ ...control, value }));
  if (value === undefined) {
    const kind = control.secret === true ? "secret text" : control.kind;
    throw new RerunError("NOT_FOUND", `${name} has no value: its kind is ${kind}`);
  }
  await print(typeof value === "string" ? value : JSON.stringify(value));
}
