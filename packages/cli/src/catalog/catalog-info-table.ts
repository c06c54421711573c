import type { CommandTable } from "../command/command-table.ts";
import { CATALOG_EXITS, CATALOG_FLAGS } from "./catalog-flags.ts";

/** `rerun-ts catalog info`. */
export const INFO = {
  name: "catalog info",
  summary: "Describe the server, a dataset or a table",
  positionals: { usage: "URL [NAME]" },
  flags: CATALOG_FLAGS,
  exits: CATALOG_EXITS,
  examples: ["catalog info rerun+http://localhost:51234 runs"],
} as const satisfies CommandTable;
