import type { CommandTable } from "../command/command-table.ts";
import { OUTPUT, RRD_EXITS, WRITING } from "./rrd-flags.ts";

/** `rerun-ts rrd repair`. */
export const REPAIR = {
  name: "rrd repair",
  summary: "Write every whole message of a damaged file, and a new footer",
  positionals: { usage: "[FILE.rrd …]" },
  flags: {
    ...OUTPUT,
    ...WRITING,
    "continue-on-error": { kind: "switch", hidden: true, help: "Leave out what is damaged, as always" },
  },
  exits: RRD_EXITS,
  examples: ["rrd repair cut.rrd -o whole.rrd"],
} as const satisfies CommandTable;
