import type { CommandTable } from "rerun-ts/command";
import { PARTS_DESCRIPTION, PARTS_EXITS, PARTS_FLAGS } from "./parts-flags.ts";
import { STORE_ARGUMENT, STORE_ENVIRONMENT } from "./store-table.ts";

/** `rerun-ts parts mend`. */
export const PARTS_MEND = {
  name: "parts mend",
  summary: "Write new parts with the whole chunks of damaged ones",
  description: PARTS_DESCRIPTION,
  positionals: STORE_ARGUMENT,
  flags: { ...PARTS_FLAGS, "dry-run": { kind: "switch", help: "Show what would be done, and change nothing" } },
  environment: STORE_ENVIRONMENT,
  exits: PARTS_EXITS,
  examples: ["parts mend --dataset robots --dry-run s3://fleet/runs"],
} as const satisfies CommandTable;
