import type { CommandTable } from "../command/command-table.ts";
import { SHOWING } from "./rrd-flags.ts";

/** `rerun-ts rrd compare`. */
export const COMPARE = {
  name: "rrd compare",
  summary: "Check that two recordings have the same rows",
  positionals: { usage: "FILE.rrd OTHER.rrd" },
  flags: {
    tolerance: { kind: "number", value: "NUMBER", default: "0", help: "The largest difference of equal numbers" },
    ignore: {
      kind: "text",
      value: "NAME",
      repeated: true,
      help: "Ignore this timeline, component or entity, such as /debug/**, besides the timeline log_time",
    },
    "ignore-timeline": { kind: "text", value: "NAME", repeated: true, help: "Ignore this timeline" },
    ids: { kind: "switch", help: "Also compare the ids of recording and application" },
    chunks: { kind: "switch", help: "Also compare how the rows are divided into chunks" },
    "full-dump": { kind: "switch", help: "Also show both files" },
    ...SHOWING,
    // The command always behaves as these flags of `rerun rrd compare` ask for.
    unordered: { kind: "switch", hidden: true, help: "Ignore the order of chunks, as always" },
    "ignore-chunks-without-components": {
      kind: "switch",
      hidden: true,
      help: "Ignore chunks without components, as always",
    },
  },
  exits: { 0: "The recordings have the same rows.", 1: "They differ, or a file could not be read." },
  examples: ["rrd compare new.rrd expected.rrd --tolerance 1e-6 --ignore '/debug/**'"],
} as const satisfies CommandTable;
