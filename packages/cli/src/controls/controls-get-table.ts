import type { CommandTable } from "../command/command-table.ts";
import { CONTROLS_EXITS, CONTROLS_FLAGS } from "./controls-flags.ts";

/** `rerun-ts controls get`. */
export const GET = {
  name: "controls get",
  summary: "Print the value of a control",
  positionals: { usage: "URL NAME", least: 2, most: 2, required: "a URL and the name of a control" },
  flags: CONTROLS_FLAGS,
  exits: CONTROLS_EXITS,
  examples: ["controls get http://127.0.0.1:9876 gain --token TOKEN"],
} as const satisfies CommandTable;
