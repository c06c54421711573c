import type { CommandTable } from "../command/command-table.ts";
import { CONTROLS_EXITS, CONTROLS_FLAGS } from "./controls-flags.ts";

/** `rerun-ts controls ls`. */
export const LS = {
  name: "controls ls",
  summary: "List the controls and their values",
  positionals: { usage: "URL", least: 1, most: 1, required: "exactly one URL" },
  flags: CONTROLS_FLAGS,
  exits: CONTROLS_EXITS,
  examples: ["controls ls http://127.0.0.1:9876 --token TOKEN"],
} as const satisfies CommandTable;
