import type { Flags } from "../command/command-table.ts";

/** The flags of all commands that work with controls. */
export const CONTROLS_FLAGS = {
  token: {
    kind: "text",
    value: "TOKEN",
    environment: "RERUN_CONTROL_TOKEN",
    default: "that in the URL",
    help: "The token for control",
  },
  recording: { kind: "text", value: "ID", default: "the one that is there", help: "The recording of the program" },
  json: { kind: "switch", help: "Show JSON" },
} as const satisfies Flags;

/** The meanings of the exit statuses. */
export const CONTROLS_EXITS = {
  0: "Everything could be done.",
  1: "The relay cannot be reached, the token is wrong, the control does not exist, or the change was refused or has failed.",
} as const;
