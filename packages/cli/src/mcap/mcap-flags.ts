import type { Flags } from "../command/command-table.ts";

/** The flag of all commands. */
export const RECOVER = {
  recover: { kind: "switch", help: "End with 0 also if a part of the file is damaged" },
} as const satisfies Flags;

/** The file of a command. */
export const ONE_FILE = { least: 1, most: 1, required: "exactly one file" } as const;

/** The meanings of the exit statuses. */
export const MCAP_EXITS = {
  0: "Everything could be done.",
  1: "A file could not be read or written, or a part of it is damaged.",
} as const;
