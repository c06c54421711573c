import type { Flags } from "../command/command-table.ts";

const JSON_HELP = "Show JSON";
const CONTINUE_HELP = "Leave out what is damaged, and report it";

/** The flags of commands that show something. */
export const SHOWING = {
  json: { kind: "switch", help: JSON_HELP },
  // These commands always show all readable data.
  "continue-on-error": { kind: "switch", hidden: true, help: CONTINUE_HELP },
} as const satisfies Flags;

/** The flags of commands that write a recording. */
export const WRITING = {
  "continue-on-error": { kind: "switch", help: CONTINUE_HELP },
  json: { kind: "switch", hidden: true, help: JSON_HELP },
} as const satisfies Flags;

/** The flag of commands that write to standard output otherwise. */
export const OUTPUT = {
  output: {
    kind: "text",
    short: "o",
    value: "FILE",
    default: "standard output",
    help: "Write to a file, where only a complete one appears",
  },
} as const satisfies Flags;

/** The meanings of the exit statuses of commands that read and write files. */
export const RRD_EXITS = {
  0: "Everything could be done.",
  1: "A file could not be read or written, or is damaged.",
} as const;
