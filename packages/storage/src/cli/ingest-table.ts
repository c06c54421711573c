import type { CommandTable } from "rerun-ts/command";
import { NATS_ENVIRONMENT, STORE_ENVIRONMENT, STORE_FLAGS } from "./store-table.ts";

/** `rerun-ts ingest`. */
export const INGEST = {
  name: "ingest",
  summary: "Write recordings from NATS to object storage",
  description: [
    "Write what programs log with `NatsSink` to object storage, in parts. Any number of ingesters may run for a dataset, on any machines. All of it is written once, also if ingesters, NATS or the store fail. It runs until Ctrl-C, SIGTERM or SIGHUP, and then commits what it has gathered. Needs the packages @nats-io/transport-node, @nats-io/jetstream and @nats-io/nats-core.",
  ],
  servesStatus: true,
  flags: {
    from: {
      kind: "text",
      value: "URL",
      required: "nats://HOST:PORT",
      option: "url",
      help: "The server of NATS, or those of a cluster with commas between them: nats://HOST:PORT, tls://HOST:PORT, nats://USER:PASSWORD@HOST:PORT",
    },
    to: {
      kind: "text",
      value: "STORE",
      required: "s3://BUCKET/PREFIX, or a folder",
      help: "The store: s3://BUCKET/PREFIX, or a folder",
    },
    dataset: {
      kind: "text",
      value: "NAME",
      required: "a name, as programs give it to `NatsSink`",
      option: "dataset",
      help: "The dataset, as programs name it for `NatsSink`",
    },
    partitions: {
      kind: "text",
      value: "A-B,…",
      default: "0-63",
      option: "partitions",
      help: "Work on these of the 64 partitions only",
    },
    "max-bytes": {
      kind: "bytes",
      value: "SIZE",
      default: "64MiB",
      option: "maxBytes",
      help: "Commit a partition at this size, such as 16MB",
    },
    "max-seconds": {
      kind: "number",
      value: "N",
      default: "60",
      option: "maxSeconds",
      help: "Commit a partition at this age. A partition that has only small recordings takes turns with others, and commits after at most 1.4 times as long",
    },
    "ack-seconds": {
      kind: "number",
      value: "N",
      default: "1, after a burst of 8",
      option: "ackSeconds",
      help: "Commit this long after the last small commit of the partition if producers ask, for fewer objects",
    },
    "no-bundles": {
      kind: "switch",
      option: "bundles",
      help: "Write each small part as a separate object, for keepers with --mounted",
    },
    "max-memory": {
      kind: "bytes",
      value: "SIZE",
      default: "512MiB",
      option: "maxMemoryBytes",
      help: "Limit the memory for data that is not committed yet",
    },
    "stream-bytes": {
      kind: "bytes",
      value: "SIZE",
      default: "1GiB",
      help: "The limit of the stream if it must be created",
    },
    "stream-seconds": {
      kind: "number",
      value: "N",
      default: "3600",
      help: "The age limit of the stream if it must be created",
    },
    replicas: {
      kind: "integer",
      value: "N",
      default: "1",
      option: "stream.replicas",
      help: "The replicas of the stream if it must be created, from 1 to 5",
    },
    "nats-ca": { kind: "text", value: "FILE", help: "The certificate authority of the NATS server, in PEM format" },
    ...STORE_FLAGS,
    "unhealthy-after": {
      kind: "number",
      value: "SECONDS",
      default: "30",
      help: "Report failures in /healthz after they have lasted this long",
    },
    json: { kind: "switch", help: "Print each commit as a line of JSON" },
  },
  environment: { ...NATS_ENVIRONMENT, ...STORE_ENVIRONMENT },
  exits: { 0: "It was interrupted, and has committed what it had.", 1: "It cannot begin." },
  examples: ["ingest --from nats://127.0.0.1 --to s3://fleet/runs --dataset robots"],
} as const satisfies CommandTable;
