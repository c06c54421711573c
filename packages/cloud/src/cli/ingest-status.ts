import type { StatusReport } from "@rerun-ts/node/parts";
import type { IngestStats } from "../ingest/ingest-counts.ts";

/** The state of an ingester for `/healthz` and `/metrics`. */
export function ingestStatus(stats: IngestStats, dataset: string, problem: string | undefined): StatusReport {
  const { commits, pendingBytes } = stats;
  return {
    problem,
    details: { dataset, commits, pendingBytes },
    metrics: [
      { name: "ingest_commits_total", help: "Commits of this ingester.", value: commits },
      { name: "ingest_conflicts_total", help: "Commits that lost against another ingester.", value: stats.conflicts },
      { name: "ingest_parts_total", help: "Parts in these commits.", value: stats.parts },
      { name: "ingest_bytes_total", help: "Bytes of these parts.", value: stats.bytes },
      { name: "ingest_rows_total", help: "Rows in these parts.", value: stats.rows },
      { name: "ingest_duplicates_total", help: "Arrivals of committed packs.", value: stats.duplicates },
      { name: "ingest_rejected_total", help: "Damaged messages.", value: stats.rejected },
      { name: "ingest_pending_bytes", help: "Bytes that are gathered for the next commits.", value: pendingBytes },
      {
        name: "ingest_failing_seconds",
        help: "How long the store or NATS have failed by now; 0 if they do not.",
        value: stats.failingMs / 1000,
      },
    ],
  };
}
