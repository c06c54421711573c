// The entry point `@rerun-ts/node/processes`: what commands and tests need of processes and networks. It is not part
// of the public API.
export { runFfmpeg } from "./file/run-ffmpeg.ts";
export { absorbSessionErrors } from "./net/absorb-session-errors.ts";
export { hostNameOf, isUnspecified, isLoopback } from "./net/host-names.ts";
export { machineAddresses } from "./net/machine-addresses.ts";
export { findFreePort } from "./net/ports.ts";
export { ServerProcess } from "./server/server-process.ts";
export { environmentOf, findExecutable } from "./spawn/find-executable.ts";
export { spawnedViewerUrl } from "./spawn/spawned-viewer-url.ts";
export { SHUTDOWN_SIGNALS } from "./stdout/suspend-shutdown.ts";
export { findWorkerEntry } from "./worker/worker-thread.ts";
export { findCacheFolder } from "./web-viewer/cache-folder.ts";
