import type { CommandTable } from "../command/command-table.ts";
import { OUTPUT, RRD_EXITS, WRITING } from "./rrd-flags.ts";

/** `rerun-ts rrd filter`. */
export const FILTER = {
  name: "rrd filter",
  summary: "Write recordings without some timelines or entities",
  positionals: { usage: "[FILE.rrd …]" },
  flags: {
    "drop-timeline": {
      kind: "text",
      value: "NAME",
      repeated: true,
      option: "dropTimelines",
      help: "Leave out this timeline, and chunks that lose their last one",
    },
    "drop-entity": {
      kind: "text",
      value: "PATH",
      repeated: true,
      option: "dropEntities",
      help: "Leave out this entity; /a/** is an entity with all below it",
    },
    contents: {
      kind: "text",
      value: "EXPRESSION",
      repeated: true,
      option: "contents",
      help: "Write only these entities: /a, /a/**, -/a",
    },
    ...OUTPUT,
    ...WRITING,
  },
  exits: RRD_EXITS,
  examples: ["rrd filter --drop-entity '/debug/**' run.rrd -o small.rrd"],
} as const satisfies CommandTable;
