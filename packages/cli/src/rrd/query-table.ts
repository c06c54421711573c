import type { CommandTable } from "../command/command-table.ts";
import { QUERY_FLAGS, TIMES_NOTE } from "./query-flags.ts";
import { RRD_EXITS } from "./rrd-flags.ts";

/** `rerun-ts rrd query`. */
export const QUERY = {
  name: "rrd query",
  summary: "Show a table: one row for each index value",
  positionals: { usage: "--index TIMELINE|--static [FILE.rrd …]" },
  flags: {
    ...QUERY_FLAGS,
    "recording-id": { kind: "text", value: "ID", option: "recordingId", help: "Query this recording of the file" },
    "application-id": {
      kind: "text",
      value: "ID",
      option: "applicationId",
      help: "Query the recording of this application",
    },
    json: { kind: "switch", hidden: true, help: "Show JSON, as always without --format" },
    "continue-on-error": { kind: "switch", hidden: true, help: "Show all readable data, as always" },
  },
  exits: RRD_EXITS,
  notes: [TIMES_NOTE],
  examples: [
    "rrd query --index frame --contents '/robot/**' --fill run.rrd",
    "rrd query --index log_time --from 2026-01-31T12:00:00Z --format csv run.rrd > run.csv",
  ],
} as const satisfies CommandTable;
