import type { CommandTable } from "../command/command-table.ts";
import { CATALOG_EXITS, CATALOG_FLAGS, REGISTER_FLAGS } from "./catalog-flags.ts";

/** `rerun-ts catalog register`. */
export const REGISTER = {
  name: "catalog register",
  summary: "Register recordings where they are: the server reads them",
  description: ["A folder stands for the recordings in it."],
  positionals: { usage: "URL DATASET FILE|URL …" },
  flags: {
    ...REGISTER_FLAGS,
    prefix: { kind: "switch", help: "Register all recordings whose URLs begin with these" },
    ...CATALOG_FLAGS,
  },
  exits: CATALOG_EXITS,
  examples: ["catalog register --create rerun+http://localhost:51234 runs /data/monday.rrd"],
} as const satisfies CommandTable;
