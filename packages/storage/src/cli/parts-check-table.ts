import type { CommandTable } from "rerun-ts/command";
import { PARTS_DESCRIPTION, PARTS_EXITS, PARTS_FLAGS } from "./parts-flags.ts";
import { STORE_ARGUMENT, STORE_ENVIRONMENT } from "./store-table.ts";

/** `rerun-ts parts check`. */
export const PARTS_CHECK = {
  name: "parts check",
  summary: "Find parts that cannot be read",
  description: PARTS_DESCRIPTION,
  positionals: STORE_ARGUMENT,
  flags: PARTS_FLAGS,
  environment: STORE_ENVIRONMENT,
  exits: PARTS_EXITS,
  examples: ["parts check --dataset robots s3://fleet/runs"],
} as const satisfies CommandTable;
