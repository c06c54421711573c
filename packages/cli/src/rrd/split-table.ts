import type { CommandTable } from "../command/command-table.ts";
import { TIMES_NOTE } from "./query-flags.ts";
import { RRD_EXITS, WRITING } from "./rrd-flags.ts";

/** `rerun-ts rrd split`. */
export const SPLIT = {
  name: "rrd split",
  summary: "Write parts of a recording, each with what a viewer needs",
  description: ["Write parts that begin at times, or several parts of equal length, into a folder."],
  positionals: { usage: "--timeline NAME -o FOLDER [FILE.rrd]" },
  flags: {
    timeline: { kind: "text", value: "NAME", option: "timeline", help: "The timeline of the times" },
    time: {
      kind: "text",
      short: "t",
      value: "TIME",
      repeated: true,
      option: "times",
      help: "Begin a part at this time",
    },
    "num-parts": {
      kind: "integer",
      short: "n",
      value: "COUNT",
      option: "parts",
      help: "Write this number of parts of equal length, in place of --time",
    },
    "output-dir": { kind: "text", short: "o", value: "FOLDER", help: "Where to write" },
    // The name of the flag in other commands.
    output: { kind: "text", value: "FOLDER", help: "Alias of --output-dir" },
    "recording-id": {
      kind: "text",
      value: "PREFIX",
      default: "the id and -",
      option: "recordingIdPrefix",
      help: "The beginning of the parts' ids",
    },
    "drop-unused-timelines": { kind: "switch", help: "Leave out other timelines, and rows that have only these" },
    ...WRITING,
  },
  exits: RRD_EXITS,
  notes: [TIMES_NOTE],
  examples: ["rrd split --timeline frame -n 10 -o parts run.rrd"],
} as const satisfies CommandTable;
