import type { CommandTable } from "rerun-ts/command";
import { DATASET_FLAG, STORE_ARGUMENT, STORE_ENVIRONMENT, STORE_FLAGS } from "./store-table.ts";

/** `rerun-ts compact`. */
export const COMPACT = {
  name: "compact",
  summary: "Join small parts in object storage, and delete old ones",
  description: [
    "Make large parts of the small parts of recordings, which cost catalogs much memory, and delete what was replaced or removed a day ago. With --keep-days or --keep-bytes also remove old data. Readers and `rerun-ts catalog keep` follow by themselves. Run it once a day. Interrupted runs, and several runs at the same time, neither lose nor duplicate rows, and the next run continues where an interrupted run stopped. STORE is s3://BUCKET/PREFIX, or a folder.",
  ],
  positionals: STORE_ARGUMENT,
  flags: {
    ...DATASET_FLAG,
    recording: { kind: "text", value: "ID", repeated: true, conflicts: ["share"], help: "Compact only this recording" },
    share: {
      kind: "text",
      value: "N/COUNT",
      option: "share",
      conflicts: ["recording"],
      help: "Compact only this share of the recordings, such as 2/8, so that COUNT processes on any machines divide the work",
    },
    concurrency: {
      kind: "integer",
      value: "N",
      default: "4",
      option: "concurrency",
      help: "Compact this many recordings in parallel",
    },
    "max-bytes": {
      kind: "bytes",
      value: "SIZE",
      default: "1GB",
      option: "maxBytes",
      help: "Merge parts up to this total size; four times as much space is needed in the temporary folder, or twice with `--concurrency 1`",
    },
    "min-parts": {
      kind: "integer",
      value: "N",
      default: "4",
      option: "minParts",
      help: "Merge only when there are at least this many parts",
    },
    "keep-days": {
      kind: "number",
      value: "N",
      option: "keepDays",
      help: "Remove recordings whose last part is older than this many days",
    },
    "keep-bytes": {
      kind: "bytes",
      value: "SIZE",
      option: "keepBytes",
      help: "Remove the oldest recordings until the others have this size. Nothing of the last hour is removed. With --share, the first share does it for all",
    },
    unit: {
      kind: "choice",
      choices: ["recording", "part"],
      default: "recording",
      requires: ["keep-days", "keep-bytes"],
      help: "What is removed: whole recordings, or single parts",
    },
    "delete-after": {
      kind: "number",
      value: "SECONDS",
      default: "86400",
      option: "deleteAfterSeconds",
      help: "Delete what was replaced or removed after this time: longer than readers have a recording open",
    },
    "temporary-folder": {
      kind: "text",
      value: "FOLDER",
      default: "that of the system",
      option: "temporaryFolder",
      help: "The folder for temporary copies of parts",
    },
    "dry-run": { kind: "switch", help: "Change nothing, but print what would be done" },
    ...STORE_FLAGS,
    json: { kind: "switch", help: "Show JSON: what was removed, compacted, deleted, and failed" },
  },
  environment: STORE_ENVIRONMENT,
  exits: {
    0: "Everything was done. Parts that do not fit to others are only reported.",
    1: "A recording failed, or the store cannot be reached.",
  },
  examples: ["compact --dataset robots --keep-days 90 s3://fleet/runs"],
} as const satisfies CommandTable;
