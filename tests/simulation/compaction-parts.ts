// The parts of the packages of which compaction is made, as one program: see build.ts.
export { RerunError } from "@rerun-ts/core";
export { sha256 } from "../../packages/core/src/hash/sha256.ts";
export { Compaction } from "../../packages/storage/src/compact/compaction.ts";
export { removeOldPartsWith } from "../../packages/storage/src/compact/remove-old-parts.ts";
export { bundleKey } from "../../packages/storage/src/commits/bundle-keys.ts";
export { logPartKey } from "../../packages/storage/src/commits/log-keys.ts";
export { readPart } from "../../packages/storage/src/parts/read-part.ts";
export { CommitLog } from "../../packages/storage/src/ingest/commit-log.ts";
export { partKey } from "../../packages/storage/src/parts/part-key.ts";
export { uploadPart } from "../../packages/storage/src/parts/part-store.ts";
export { CountedParts } from "../../packages/storage/src/replacements/counted-parts.ts";
