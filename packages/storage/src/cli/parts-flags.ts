import type { Flags } from "rerun-ts/command";
import { DATASET_FLAG, STORE_FLAGS } from "./store-table.ts";

/** The flags of `rerun-ts parts check`, and most of those of `rerun-ts parts mend`. */
export const PARTS_FLAGS = {
  ...DATASET_FLAG,
  recording: { kind: "text", value: "ID", repeated: true, help: "Only the parts of this recording" },
  bytes: { kind: "switch", help: "Read all bytes, and compare them with the SHA-256 that is known" },
  ...STORE_FLAGS,
  json: {
    kind: "switch",
    help: "Show JSON: parts that are damaged, that the store does not deliver, that were mended, or failed, and records that cannot be read",
  },
} as const satisfies Flags;

/** The description of both commands. */
export const PARTS_DESCRIPTION = [
  "A part without a whole end, such as one that was cut by a loss of power, is left out by readers. `mend` writes its whole chunks to a new part, and keeps the damaged part below damaged/, where nobody counts it. It may be interrupted and run again. Parts of ingesters and compactors are also compared with the size and the hash that their records have. Damaged ones are only reported: restore them from a version of the bucket. STORE is s3://BUCKET/PREFIX, or a folder.",
] as const;

/** The meanings of the exit statuses. */
export const PARTS_EXITS = {
  0: "No part is damaged, or all of them were mended.",
  1: "Parts are damaged and not mended, or the store failed, if only for one of them or for a record.",
} as const;
