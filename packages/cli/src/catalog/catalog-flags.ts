import type { Flags } from "../command/command-table.ts";

/** The flags of all commands that work with a catalog. */
export const CATALOG_FLAGS = {
  token: {
    kind: "text",
    value: "TOKEN",
    environment: "RERUN_CATALOG_TOKEN",
    option: "token",
    help: "The token of a user",
  },
  "tls-ca": { kind: "text", value: "FILE", help: "The certificate of the server's authority, in PEM format" },
  json: { kind: "switch", help: "Show JSON" },
} as const satisfies Flags;

/** The flags of commands that register recordings. */
export const REGISTER_FLAGS = {
  create: { kind: "switch", help: "Create the dataset if it is not there" },
  layer: { kind: "text", value: "NAME", default: "base", option: "layerName", help: "The layer of the recordings" },
  "on-duplicate": {
    kind: "choice",
    choices: ["error", "skip", "replace"],
    default: "error",
    option: "onDuplicate",
    help: "What to do if a layer is there already",
  },
} as const satisfies Flags;

/** The meanings of the exit statuses. */
export const CATALOG_EXITS = {
  0: "Everything could be done.",
  1: "The server cannot be reached, has no such entry, or a recording was not registered.",
} as const;
