// The entry point `@rerun-ts/cloud/cli`, for the command `rerun-ts`. It is not part of the public API.
export { compact } from "./cli/compact-command.ts";
export { keep } from "./cli/keep-command.ts";
export { push } from "./cli/push-command.ts";
export { ingest, openDataset } from "./cli/load-ingest.ts";
