import type { CommandTable } from "../command/command-table.ts";
import { OUTPUT, RRD_EXITS, WRITING } from "./rrd-flags.ts";

/** `rerun-ts rrd route`. */
export const ROUTE = {
  name: "rrd route",
  summary: "Write the rows of recordings to another recording",
  positionals: { usage: "[FILE.rrd …]" },
  flags: {
    "application-id": {
      kind: "text",
      value: "ID",
      option: "applicationId",
      help: "The application id of the other recording",
    },
    "recording-id": { kind: "text", value: "ID", option: "recordingId", help: "The id of the other recording" },
    ...OUTPUT,
    ...WRITING,
  },
  exits: RRD_EXITS,
  examples: ["rrd route --recording-id run7 a.rrd b.rrd -o run7.rrd"],
} as const satisfies CommandTable;
