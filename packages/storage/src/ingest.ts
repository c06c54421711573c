// The entry point for programs that write recordings from NATS to object storage.
export type { Commit, CommittedPart } from "./commits/commit.ts";
export type { IngestStats } from "./ingest/ingest-counts.ts";
export type { StreamLimits } from "./ingest/nats-log-stream.ts";
export { startIngest, type IngestOptions, type RunningIngest } from "./ingest/start-ingest.ts";
export type { FlatRanges } from "./commits/pack-ranges.ts";
export type { DueWorkReport } from "./status/due-work.ts";
