// The entry point `@rerun-ts/node/parts`, for `@rerun-ts/cloud` alone. It is not part of the public API.
export { UsageError, integerOf, numberOf, parseCommand, unknownName } from "./cli/arguments.ts";
export { errorsAsMessages } from "./cli/errors-as-messages.ts";
export { describeBytes, showStatus } from "./cli/status-line.ts";
export { parseByteCount } from "./file/byte-units.ts";
export { syncFolder } from "./file/durable-file.ts";
export { ioError } from "./file/io-error.ts";
export { pathOf } from "./file/path-of.ts";
export { statOf } from "./file/stat-of.ts";
export type { FsyncPolicy } from "./file/fsync-policy.ts";
export { parsePartName } from "./parts/part-name.ts";
export { PARTS_FILE_SINK_OPTIONS, type PartsControl } from "./parts/parts-file-sink-options.ts";
export { controlParts } from "./parts/parts-file-sink.ts";
export { sealAgain } from "./parts/seal-again.ts";
export { sealParts, type SealReport } from "./parts/seal-parts.ts";
export {
  GRPC_SERVER_OPTIONS,
  checkServerOptions,
  describeOpenAccess,
  hasAnonymousWriters,
  serverUrl,
} from "./relay/sink/grpc-server-options.ts";
export type { SequenceSettings, Upstream, UpstreamSequence } from "./relay/upstream.ts";
export { SHUTDOWN_SIGNALS } from "./stdout/suspend-shutdown.ts";
export { ServerProcess } from "./server/server-process.ts";
export { UNHEALTHY_FLAGS, unhealthyAfterMs } from "./cli/unhealthy-after.ts";
export type { StatusMetric, StatusReport } from "./cli/status-report.ts";
export { STATUS_FLAGS, startStatus } from "./cli/status-server.ts";
export { DirectoryLock, LockedError } from "./spool/directory-lock.ts";
export { removeSockets } from "./spool/remove-sockets.ts";
