// The entry point `@rerun-ts/reading/threads`: threads of Node for the work of sibling packages. It is not part of the
// public API.
export { copyShared } from "./node/threads/copy-shared.ts";
export { startThread } from "./node/threads/node-thread.ts";
export { serveJobs } from "./node/threads/serve-jobs.ts";
