import type { CommandTable } from "../command/command-table.ts";
import { CONTROLS_EXITS, CONTROLS_FLAGS } from "./controls-flags.ts";

/** `rerun-ts controls watch`. */
export const WATCH = {
  name: "controls watch",
  summary: "Print each new value until Ctrl-C",
  positionals: { usage: "URL [NAME…]", least: 1, required: "the URL" },
  flags: CONTROLS_FLAGS,
  exits: CONTROLS_EXITS,
  examples: ["controls watch http://127.0.0.1:9876 gain --token TOKEN"],
} as const satisfies CommandTable;
