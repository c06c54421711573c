import type { CommandTable } from "rerun-ts/command";
import { STORE_ENVIRONMENT, STORE_FLAGS } from "./store-table.ts";

/** `rerun-ts push`. */
export const PUSH = {
  name: "push",
  summary: "Send the parts that programs have left to object storage",
  description: [
    "Send the parts of recordings that programs have left in the spools of `PartsSink`, because they were killed or could not reach the store. Unfinished parts are finished first, as `rerun-ts seal` does. What the store has is removed from the spool. Parts of programs that still run are left alone. It may be interrupted and run again: no part arrives twice.",
  ],
  positionals: { usage: "SPOOL …", least: 1, required: "at least one SPOOL" },
  flags: {
    to: {
      kind: "text",
      value: "STORE",
      required: "s3://BUCKET/PREFIX, or a folder",
      help: "The store: s3://BUCKET/PREFIX, or a folder",
    },
    dataset: {
      kind: "text",
      value: "NAME",
      option: "dataset",
      help: "The SPOOLs are folders of `saveParts`, whose parts belong to this dataset. They stay in their folders",
    },
    ...STORE_FLAGS,
    json: { kind: "switch", help: "Show JSON: the parts that were sent, are in use, or failed" },
  },
  environment: STORE_ENVIRONMENT,
  exits: {
    0: "All parts of programs that have ended are in the store.",
    1: "A spool cannot be read, or a part cannot be sent.",
  },
  examples: ["push --to s3://fleet/runs /var/spool/robot"],
} as const satisfies CommandTable;
