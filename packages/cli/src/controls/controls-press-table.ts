import type { CommandTable } from "../command/command-table.ts";
import { CONTROLS_EXITS, CONTROLS_FLAGS } from "./controls-flags.ts";

/** `rerun-ts controls press`. */
export const PRESS = {
  name: "controls press",
  summary: "Press a button once, and wait for the handler of the program",
  positionals: { usage: "URL NAME", least: 2, most: 2, required: "a URL and the name of a button" },
  flags: {
    confirm: { kind: "switch", help: "Answer yes if the button asks for confirmation" },
    ...CONTROLS_FLAGS,
  },
  exits: CONTROLS_EXITS,
  examples: ["controls press http://127.0.0.1:9876 stop --token TOKEN"],
} as const satisfies CommandTable;
