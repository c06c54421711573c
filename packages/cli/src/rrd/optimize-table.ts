import type { CommandTable } from "../command/command-table.ts";
import { RRD_EXITS, WRITING } from "./rrd-flags.ts";

/** `rerun-ts rrd optimize`. */
export const OPTIMIZE = {
  name: "rrd optimize",
  summary: "Write a recording in few large chunks",
  positionals: { usage: "[FILE.rrd|FOLDER …]" },
  flags: {
    profile: {
      kind: "choice",
      choices: ["live", "object-store"],
      default: "object-store",
      option: "profile",
      help: "Optimize for a live viewer, or for a server",
    },
    "max-size": {
      kind: "text",
      value: "SIZE",
      option: "maxBytes",
      help: "Merge chunks up to this size, such as 2MiB",
    },
    "max-rows": {
      kind: "integer",
      value: "COUNT",
      option: "maxRows",
      environment: "RERUN_CHUNK_MAX_ROWS",
      help: "Merge chunks up to this many rows",
    },
    "max-rows-if-unsorted": {
      kind: "integer",
      value: "COUNT",
      option: "maxRowsIfUnsorted",
      environment: "RERUN_CHUNK_MAX_ROWS_IF_UNSORTED",
      help: "Merge chunks whose times are not sorted up to this many rows",
    },
    "split-size-ratio": {
      kind: "number",
      value: "RATIO",
      option: "splitSizeRatio",
      help: "Separate archetypes whose sizes differ more than this",
    },
    "no-rebatch-videos": { kind: "switch", help: "Do not let chunks of videos begin with key frames" },
    "fix-keyframe": { kind: "switch", help: "Label the key frames of videos again" },
    output: {
      kind: "text",
      short: "o",
      value: "FILE|FOLDER",
      default: "standard output",
      help: "Where to write; for a FOLDER as input, the folder of its files",
    },
    ...WRITING,
    // The command needs one pass instead of several.
    "num-pass": { kind: "text", value: "COUNT", hidden: true, help: "Has no effect: one pass is enough" },
  },
  environment: { RERUN_CHUNK_MAX_BYTES: "Replaces --max-size, as a number of bytes" },
  exits: RRD_EXITS,
  examples: ["rrd optimize --max-size 2MiB run.rrd -o fast.rrd", "rrd optimize runs -o fast-runs"],
} as const satisfies CommandTable;
