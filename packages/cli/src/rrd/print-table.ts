import type { CommandTable } from "../command/command-table.ts";
import { RRD_EXITS } from "./rrd-flags.ts";

/** `rerun-ts rrd print`. */
export const PRINT = {
  name: "rrd print",
  summary: "Show each message in a line",
  positionals: { usage: "[FILE.rrd …]" },
  flags: {
    verbose: {
      kind: "count",
      short: "v",
      help: "With -v show the full names of components, with -vv also all metadata, and with -vvv also the rows",
    },
    entity: { kind: "text", value: "PATH", help: "Show only this entity" },
    transposed: { kind: "on-off", help: "With -vvv, show a line for each column" },
    "full-metadata": { kind: "on-off", help: "Do not shorten the keys of metadata" },
    footers: { kind: "on-off", help: "Show the indexes of files at the end" },
    "footers-lod": {
      kind: "integer",
      value: "0|1|2",
      default: "0",
      help: "Add the time ranges of the indexes with 1, and their components with 2",
    },
    json: { kind: "switch", help: "Show JSON" },
    migrate: { kind: "on-off", hidden: true, help: "Show chunks with current names, as always" },
    "continue-on-error": { kind: "on-off", hidden: true, help: "Show all readable data, as always" },
  },
  exits: RRD_EXITS,
  examples: ["rrd print run.rrd -vvv --entity /camera"],
} as const satisfies CommandTable;
