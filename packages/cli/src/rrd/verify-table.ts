import type { CommandTable } from "../command/command-table.ts";
import { SHOWING } from "./rrd-flags.ts";

/** `rerun-ts rrd verify`. */
export const VERIFY = {
  name: "rrd verify",
  summary: "Check that all of it can be read, and that the footer agrees",
  positionals: { usage: "[FILE.rrd …]" },
  flags: {
    "check-footers": { kind: "on-off", default: "true", help: "Check that each footer agrees with the chunks" },
    ...SHOWING,
  },
  exits: {
    0: "Everything can be read.",
    1: "A file could not be read, is damaged, or has a footer that does not agree.",
  },
  examples: ["rrd verify run.rrd"],
} as const satisfies CommandTable;
