import type { CommandTable } from "../command/command-table.ts";
import { MCAP_EXITS, ONE_FILE, RECOVER } from "./mcap-flags.ts";

/** `rerun-ts mcap info`. */
export const INFO = {
  name: "mcap info",
  summary: "Show counts, channels and compression",
  positionals: { usage: "FILE.mcap", ...ONE_FILE },
  flags: { json: { kind: "switch", help: "Show JSON" }, ...RECOVER },
  exits: MCAP_EXITS,
  examples: ["mcap info drive.mcap"],
} as const satisfies CommandTable;
