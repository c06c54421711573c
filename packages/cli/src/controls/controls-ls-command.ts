import type { Declaration, OfferedProgram } from "@rerun-ts/controls/protocol";
import type { ValuesOf } from "../command/command-table.ts";
import { print } from "../rrd/rrd-output.ts";
import { programsOf } from "./ask-relay.ts";
import { placeOf } from "./control-url.ts";
import type { LS } from "./controls-ls-table.ts";

/** Runs `rerun-ts controls ls`. @throws {UsageError} if the URL is wrong */
export async function ls(values: ValuesOf<typeof LS>): Promise<void> {
  const place = placeOf(values);
  const programs = await programsOf(place);
  if (place.isJson) return print(JSON.stringify(programs, undefined, 2));
  await print(programs.map(describeProgram).join("\n"));
}

function describeProgram({ application, recording, controls, values }: OfferedProgram): string {
  const width = Math.max(...controls.map(({ name }) => name.length));
  const lines = controls.map((control) => {
    const value = values[control.name];
    const text = value === undefined ? "" : `  ${JSON.stringify(value)}`;
    return `  ${control.name.padEnd(width)}  ${describeKind(control)}${text}`;
  });
  return [`${application}/${recording}`, ...lines].join("\n");
}

function describeKind({ kind, min, max, options, disabled }: Declaration): string {
  const range = min === undefined && max === undefined ? "" : ` ${min ?? ""}…${max ?? ""}`;
  const choices = options === undefined ? "" : ` ${options.join("|")}`;
  return `${kind}${range}${choices}${disabled === true ? " (disabled)" : ""}`;
}
