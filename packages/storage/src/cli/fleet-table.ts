import type { CommandTable } from "rerun-ts/command";
import { LOGIN_FLAGS } from "./catalog-flags.ts";
import { NATS_ENVIRONMENT, STORE_ARGUMENT, STORE_ENVIRONMENT, STORE_FLAGS } from "./store-table.ts";

/** `rerun-ts fleet status`. */
export const FLEET_STATUS = {
  name: "fleet status",
  summary: "Show the state of a fleet, and its problems",
  description: [
    "Show the state of all datasets of a store: producers, recordings, parts, their growth, damaged parts, what waits in NATS, and what a catalog lacks. List each problem with an action. The command lists the whole bucket, so do not run it periodically. To ask for the time of the store it creates an object, and deletes it again. STORE is s3://BUCKET/PREFIX, or a folder.",
  ],
  positionals: STORE_ARGUMENT,
  flags: {
    dataset: { kind: "text", value: "NAME", repeated: true, option: "dataset", help: "Show only this dataset" },
    nats: { kind: "text", value: "URL", help: "Also look at the streams in NATS, with the rights of an ingester" },
    "nats-ca": {
      kind: "text",
      value: "FILE",
      requires: ["nats"],
      help: "The certificate authority of the NATS server, in PEM format",
    },
    catalog: {
      kind: "text",
      value: "URL",
      option: "url",
      help: "Also compare with this catalog, such as rerun+http://localhost:51234",
    },
    token: { ...LOGIN_FLAGS.token, requires: ["catalog"] },
    "tls-ca": { ...LOGIN_FLAGS["tls-ca"], requires: ["catalog"] },
    check: { kind: "switch", help: "Also look at the end of each part, as `rerun-ts parts check` does" },
    "overdue-after": { kind: "number", value: "SECONDS", default: "300", help: "Report what has waited for longer" },
    ...STORE_FLAGS,
    json: { kind: "switch", help: "Show JSON" },
  },
  environment: { ...NATS_ENVIRONMENT, ...STORE_ENVIRONMENT },
  exits: {
    0: "No problem was found.",
    1: "A problem was found, or the store, NATS or the catalog cannot be reached.",
  },
  examples: ["fleet status s3://fleet/runs"],
} as const satisfies CommandTable;
