import type { CommandTable } from "rerun-ts/command";
import { LOGIN_FLAGS } from "./catalog-flags.ts";
import { STORE_ENVIRONMENT, STORE_FLAGS } from "./store-table.ts";

/** `rerun-ts catalog keep`. */
export const KEEP = {
  name: "catalog keep",
  summary: "Register the parts in object storage, now and later",
  description: [
    "Register the parts in object storage, now and later, in a `rerun server` that the command runs, or in the server of --url. It runs until Ctrl-C, SIGTERM or SIGHUP.",
  ],
  servesStatus: true,
  flags: {
    from: {
      kind: "text",
      value: "STORE",
      required: "s3://BUCKET/PREFIX, or a folder",
      help: "The store: s3://BUCKET/PREFIX, or a folder",
    },
    files: {
      kind: "text",
      value: "FOLDER",
      required: "the folder with the files of the parts",
      help: "The folder for copies of the parts, which the server reads",
    },
    dataset: {
      kind: "text",
      value: "NAME",
      repeated: true,
      required: "a name; may be repeated",
      option: "dataset",
      help: "A dataset to register",
    },
    mounted: { kind: "switch", help: "The store is mounted at the folder of --files, so nothing is copied" },
    recording: { kind: "text", value: "ID", repeated: true, help: "Register only this recording" },
    since: { kind: "text", value: "DURATION", help: "Register only recordings with a part of the last 90m, 36h or 7d" },
    url: {
      kind: "text",
      value: "URL",
      option: "url",
      conflicts: ["port", "bind"],
      help: "Follow this server instead of running one",
    },
    token: { ...LOGIN_FLAGS.token, requires: ["url"] },
    "tls-ca": { ...LOGIN_FLAGS["tls-ca"], requires: ["url"] },
    port: { kind: "port", value: "N", default: "51234", help: "Run the server at this port" },
    bind: { kind: "text", value: "ADDRESS", default: "127.0.0.1", help: "Run the server at this address" },
    interval: { kind: "number", value: "SECONDS", default: "3", help: "Look for new parts at this interval" },
    "full-every": {
      kind: "text",
      value: "DURATION",
      default: "10m",
      help: "List everything in the store again after this time, and list only likely changes in between",
    },
    once: { kind: "switch", help: "Exit after one pass" },
    "unhealthy-after": {
      kind: "number",
      value: "SECONDS",
      default: "30",
      help: "Report failures in /healthz after they have lasted this long",
    },
    ...STORE_FLAGS,
  },
  environment: STORE_ENVIRONMENT,
  exits: {
    0: "It was interrupted, or with --once everything is registered.",
    1: "It cannot begin, or with --once something is not registered.",
  },
  examples: ["catalog keep --from s3://fleet/runs --files /data/parts --dataset robots"],
} as const satisfies CommandTable;
