// The parts of the packages of which compaction is made, as one program: see build.ts.
export { RerunError } from "@rerun-ts/core";
export { sha256 } from "../../packages/core/src/hash/sha256.ts";
export { Compaction } from "../../packages/cloud/src/compact/compaction.ts";
export { removeOldPartsWith } from "../../packages/cloud/src/compact/remove-old-parts.ts";
export { bundleKey } from "../../packages/cloud/src/commits/bundle-keys.ts";
export { logPartKey } from "../../packages/cloud/src/commits/log-keys.ts";
export { readPart } from "../../packages/cloud/src/parts/read-part.ts";
export { CommitLog } from "../../packages/cloud/src/ingest/commit-log.ts";
export { partKey } from "../../packages/cloud/src/parts/part-key.ts";
export { uploadPart } from "../../packages/cloud/src/parts/part-store.ts";
export { CountedParts } from "../../packages/cloud/src/replacements/counted-parts.ts";
