import type { CommandTable } from "./command/command-table.ts";

/** `rerun-ts server`. */
export const SERVER = {
  name: "server",
  summary: "Run the real `rerun server`, with folders as datasets",
  description: [
    "Run the catalog of an installed Rerun (`rerun server`), which keeps everything in memory. Each FOLDER becomes a dataset with its recordings. It runs until Ctrl-C, SIGTERM or SIGHUP.",
  ],
  positionals: { usage: "[[NAME=]FOLDER …]" },
  servesStatus: true,
  flags: {
    port: { kind: "port", value: "N", default: "51234", help: "Listen on this port" },
    bind: { kind: "text", value: "ADDRESS", default: "127.0.0.1", help: "Listen on this address" },
    "cors-allow-origin": { kind: "text", value: "ORIGIN", repeated: true, help: "Also allow pages of this origin" },
  },
  environment: { RERUN_CLI_PATH: "The path of the program `rerun`; without it the one in PATH" },
  exits: { 0: "The server was interrupted.", 1: "The server could not be started, or failed." },
  examples: ["server runs=/data/runs"],
} as const satisfies CommandTable;
