import type { CommandTable } from "../command/command-table.ts";
import { CONTROLS_EXITS, CONTROLS_FLAGS } from "./controls-flags.ts";

/** `rerun-ts controls set`. */
export const SET = {
  name: "controls set",
  summary: "Change the value of a control, and wait for the handler of the program",
  positionals: { usage: "URL NAME VALUE", least: 3, most: 3, required: "a URL, the name of a control and a value" },
  flags: CONTROLS_FLAGS,
  exits: CONTROLS_EXITS,
  notes: [
    "A value is a number, true or false, a text, a colour such as #ff8800, or coordinates such as 1,2,3. With `-` it is read from standard input, which hides a secret from other users.",
  ],
  examples: ["controls set http://127.0.0.1:9876 gain 0.7 --token TOKEN"],
} as const satisfies CommandTable;
