import { isError, messageOf } from "@rerun-ts/core/checks";
import type { CommandContext } from "./command-context.ts";
import type { CommandTable } from "./command-table.ts";
import { oneLine } from "./one-line.ts";
import { showStatus } from "./status-line.ts";
import { UsageError } from "./usage-error.ts";

/** The services for the code of a command. */
export function contextOf({ name }: CommandTable, values: Readonly<Record<string, unknown>>): CommandContext {
  return {
    usageError: (message) => new UsageError(message),
    print: (line) => console.log(oneLine(line)),
    warn: (line) => console.error(`rerun-ts: ${oneLine(line)}`),
    showStatus,
    async serveStatus(report) {
      const { "status-port": port, "status-bind": host = "127.0.0.1" } = values;
      if (typeof port !== "number") return undefined;
      const { StatusServer } = await import("./status-server.ts");
      return StatusServer.start(name, { host: String(host), port }, report);
    },
    toJson: (value, indent) => JSON.stringify(value, errorsAsMessages, indent),
  };
}

/** Replaces errors by their messages, for `JSON.stringify`. */
function errorsAsMessages(_: string, value: unknown): unknown {
  return isError(value) ? messageOf(value) : value;
}
