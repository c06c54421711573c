import type { CommandTable } from "../command/command-table.ts";
import { CATALOG_EXITS, CATALOG_FLAGS } from "./catalog-flags.ts";

/** `rerun-ts catalog rm`. */
export const RM = {
  name: "catalog rm",
  summary: "Delete a dataset or a table, or segments and layers of a dataset",
  description: ["Registered files stay."],
  positionals: { usage: "URL NAME" },
  flags: {
    segment: { kind: "text", value: "ID", repeated: true, help: "Remove only this segment of the dataset" },
    layer: { kind: "text", value: "NAME", repeated: true, help: "Remove only this layer of the dataset" },
    ...CATALOG_FLAGS,
  },
  exits: CATALOG_EXITS,
  examples: ["catalog rm --segment monday rerun+http://localhost:51234 runs"],
} as const satisfies CommandTable;
