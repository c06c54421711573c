// The entry point `@rerun-ts/node/files`: how files are written and described. It is not part of the public API.
export { BYTE_UNITS, describeBytes, parseByteCount } from "./file/byte-units.ts";
export { checkFsync, type FsyncPolicy } from "./file/fsync-policy.ts";
export { optimizeFile } from "./file/optimize-file.ts";
export { fileFailure } from "./file/read-bytes.ts";
export { statOf } from "./file/stat-of.ts";
export { skipBytes, writeFully } from "./file/write-fully.ts";
export { syncFolder } from "./file/durable-file.ts";
export { ioError } from "./file/io-error.ts";
export { pathOf } from "./file/path-of.ts";
