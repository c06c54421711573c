import type { Flags } from "rerun-ts/command";

/** The flags of commands that use a store. */
export const STORE_FLAGS = {
  endpoint: { kind: "text", value: "URL", default: "that of Amazon", help: "The address of the store's server" },
  region: { kind: "text", value: "NAME", default: "us-east-1", help: "The region of the bucket" },
  ca: { kind: "text", value: "FILE", help: "Certificate authorities to trust for the store, in PEM format" },
} as const satisfies Flags;

/** The store of a command. */
export const STORE_ARGUMENT = {
  usage: "STORE",
  least: 1,
  most: 1,
  required: "one STORE: s3://BUCKET/PREFIX, or a folder",
} as const;

/** The dataset of a command. */
export const DATASET_FLAG = {
  dataset: { kind: "text", value: "NAME", required: "the name of the dataset", option: "dataset", help: "The dataset" },
} as const satisfies Flags;

/** The variables of the environment with credentials, and those in place of flags. */
export const STORE_ENVIRONMENT = {
  "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN": "The credentials of the store",
  "AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL": "Replace --endpoint",
  "AWS_REGION, AWS_DEFAULT_REGION": "Replace --region",
} as const;

/** The variables of the environment with the login at NATS. */
export const NATS_ENVIRONMENT = {
  "NATS_USER, NATS_PASSWORD, NATS_TOKEN": "The login at NATS, unless it is in the URL",
} as const;
