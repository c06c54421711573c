import type { CommandTable } from "../command/command-table.ts";
import { RRD_EXITS, SHOWING } from "./rrd-flags.ts";

/** `rerun-ts rrd stats`. */
export const STATS = {
  name: "rrd stats",
  summary: "Count chunks, rows, entities and bytes",
  positionals: { usage: "[FILE.rrd …]" },
  flags: { "no-decode": { kind: "switch", help: "Count only chunks and bytes, which is much faster" }, ...SHOWING },
  exits: RRD_EXITS,
  examples: ["rrd stats run.rrd"],
} as const satisfies CommandTable;
