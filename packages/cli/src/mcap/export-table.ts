import type { CommandTable } from "../command/command-table.ts";
import { MCAP_EXITS, ONE_FILE, RECOVER } from "./mcap-flags.ts";

/** `rerun-ts mcap export`. */
export const EXPORT = {
  name: "mcap export",
  summary: "Write a recording as an MCAP file of Foxglove messages",
  description: ["Write points, images, videos, transforms, logs and scalars of a recording as Foxglove messages."],
  positionals: { usage: "FILE.rrd", ...ONE_FILE },
  flags: {
    output: { kind: "text", short: "o", value: "FILE.mcap", default: "standard output", help: "Write to a file" },
    timeline: {
      kind: "text",
      value: "NAME",
      default: "the log time",
      option: "timeline",
      help: "The times of the messages",
    },
    "recording-id": { kind: "text", value: "ID", option: "recordingId", help: "Export this recording of the file" },
    ...RECOVER,
  },
  exits: MCAP_EXITS,
  examples: ["mcap export drive.rrd -o out.mcap"],
} as const satisfies CommandTable;
