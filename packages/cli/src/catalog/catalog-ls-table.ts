import type { CommandTable } from "../command/command-table.ts";
import { CATALOG_EXITS, CATALOG_FLAGS } from "./catalog-flags.ts";

/** `rerun-ts catalog ls`. */
export const LS = {
  name: "catalog ls",
  summary: "List the datasets and tables, or the segments of a dataset",
  positionals: { usage: "URL [DATASET]" },
  flags: {
    all: { kind: "switch", short: "a", help: "Also list hidden entries: those of layouts and assets" },
    ...CATALOG_FLAGS,
  },
  exits: CATALOG_EXITS,
  examples: ["catalog ls rerun+http://localhost:51234"],
} as const satisfies CommandTable;
