import type { CommandTable, Flags } from "./command-table.ts";

/** The flags of a command that serves its state. */
const STATUS_FLAGS = {
  "status-port": { kind: "port", value: "N", help: "Serve /healthz and /metrics on this port" },
  "status-bind": {
    kind: "text",
    value: "ADDRESS",
    default: "127.0.0.1",
    help: "Serve them on this address",
    requires: ["status-port"],
  },
} as const satisfies Flags;

/** All flags of a command. */
export function flagsOf({ flags, servesStatus }: CommandTable): Flags {
  return servesStatus === true ? { ...flags, ...STATUS_FLAGS } : flags;
}
