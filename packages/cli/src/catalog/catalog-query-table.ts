import type { CommandTable } from "../command/command-table.ts";
import { QUERY_FLAGS, TIMES_NOTE } from "../rrd/query-flags.ts";
import { CATALOG_EXITS, CATALOG_FLAGS } from "./catalog-flags.ts";

/** `rerun-ts catalog query`. */
export const QUERY = {
  name: "catalog query",
  summary: "Show a table: one row for each index value of each segment",
  positionals: { usage: "--index TIMELINE|--static URL DATASET" },
  flags: {
    ...QUERY_FLAGS,
    segment: { kind: "text", value: "ID", repeated: true, option: "segments", help: "Query only this segment" },
    ...CATALOG_FLAGS,
  },
  exits: CATALOG_EXITS,
  notes: [TIMES_NOTE],
  examples: ["catalog query --index frame --format csv rerun+http://localhost:51234 runs"],
} as const satisfies CommandTable;
