import type { CommandTable } from "../command/command-table.ts";
import { RRD_EXITS, WRITING } from "./rrd-flags.ts";

/** `rerun-ts rrd migrate`. */
export const MIGRATE = {
  name: "rrd migrate",
  summary: "Rewrite files in the format of this version",
  description: [
    "Rewrite files of an older Rerun in place, in the format of this version. The old file is kept as NAME.backup.rrd. If that file exists, nothing is done.",
  ],
  positionals: { usage: "FILE.rrd …" },
  flags: WRITING,
  exits: RRD_EXITS,
  examples: ["rrd migrate old.rrd"],
} as const satisfies CommandTable;
