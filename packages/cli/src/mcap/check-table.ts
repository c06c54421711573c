import type { CommandTable } from "../command/command-table.ts";
import { MCAP_EXITS, ONE_FILE, RECOVER } from "./mcap-flags.ts";

/** `rerun-ts mcap check`. */
export const CHECK = {
  name: "mcap check",
  summary: "Check that all of it can be read, and that the times of each topic are in order",
  positionals: { usage: "FILE.mcap", ...ONE_FILE },
  flags: {
    full: { kind: "switch", help: "Also check the times in messages" },
    json: { kind: "switch", help: "Show JSON" },
    ...RECOVER,
  },
  exits: MCAP_EXITS,
  examples: ["mcap check --full drive.mcap"],
} as const satisfies CommandTable;
