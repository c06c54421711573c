import type { CommandTable } from "./command/command-table.ts";

/** `rerun-ts seal`. */
export const SEAL = {
  name: "seal",
  summary: "Finish the parts that programs have left unfinished",
  description: [
    "Finish the parts of recordings in folders of `saveParts` whose programs were killed. Each file NAME.rrd.open is cut behind its last whole message, and becomes NAME.rrd with a footer. Parts of programs that still run are left alone. A program does the same when it opens the folder again.",
  ],
  positionals: { usage: "FOLDER …", least: 1, required: "at least one FOLDER" },
  flags: {
    "dry-run": { kind: "switch", help: "Change no part, and show what would be done" },
    json: { kind: "switch", help: "Show JSON: the parts that were sealed, are in use, or failed" },
  },
  exits: {
    0: "All parts of programs that have ended are sealed.",
    1: "A folder cannot be read, or a part cannot be sealed.",
  },
  examples: ["seal /data/run7"],
} as const satisfies CommandTable;
