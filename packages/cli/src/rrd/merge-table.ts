import type { CommandTable } from "../command/command-table.ts";
import { OUTPUT, RRD_EXITS, WRITING } from "./rrd-flags.ts";

/** `rerun-ts rrd merge`. */
export const MERGE = {
  name: "rrd merge",
  summary: "Write all recordings to one file, each chunk once",
  positionals: { usage: "[FILE.rrd …]" },
  flags: { ...OUTPUT, ...WRITING },
  exits: RRD_EXITS,
  examples: ["rrd merge a.rrd b.rrd -o all.rrd"],
} as const satisfies CommandTable;
