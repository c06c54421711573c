import type { CommandTable } from "../command/command-table.ts";
import { CATALOG_EXITS, CATALOG_FLAGS, REGISTER_FLAGS } from "./catalog-flags.ts";

/** `rerun-ts catalog upload`. */
export const UPLOAD = {
  name: "catalog upload",
  summary: "Upload recordings to the server, and register them",
  description: ["A folder stands for the recordings in it."],
  positionals: { usage: "URL DATASET FILE …" },
  flags: {
    ...REGISTER_FLAGS,
    key: {
      kind: "text",
      value: "PATH",
      default: "DATASET/FILE",
      option: "key",
      help: "The path in the storage, for a single file",
    },
    resume: { kind: "switch", help: "Do not send a file again that is there already" },
    ...CATALOG_FLAGS,
  },
  exits: CATALOG_EXITS,
  examples: ["catalog upload --resume rerun+http://localhost:51234 runs tuesday.rrd"],
} as const satisfies CommandTable;
