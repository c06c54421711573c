import type { CommandTable } from "../command/command-table.ts";
import { TIMES_NOTE } from "../rrd/query-flags.ts";
import { CATALOG_EXITS, CATALOG_FLAGS } from "./catalog-flags.ts";

/** `rerun-ts catalog link`. */
export const LINK = {
  name: "catalog link",
  summary: "Print a link that opens a segment in a viewer",
  positionals: { usage: "URL DATASET SEGMENT" },
  flags: {
    timeline: { kind: "text", value: "NAME", requires: ["from"], help: "The timeline of the time to show" },
    from: { kind: "text", value: "VALUE", requires: ["timeline"], help: "The time to show" },
    to: { kind: "text", value: "VALUE", requires: ["from"], help: "The end of the range to select" },
    ...CATALOG_FLAGS,
  },
  exits: CATALOG_EXITS,
  notes: [TIMES_NOTE],
  examples: ["catalog link --timeline frame --from 120 rerun+http://localhost:51234 runs monday"],
} as const satisfies CommandTable;
