import type { StatusReport } from "@rerun-ts/node/status";
import type { IngestStats } from "../ingest/ingest-counts.ts";
import { dueWorkMetrics } from "../status/due-work-metrics.ts";

/** The state of an ingester for `/healthz` and `/metrics`. */
export function ingestStatus(stats: IngestStats, dataset: string): StatusReport {
  const { commits, pendingBytes, due, duePartitions } = stats;
  return {
    problem: due.problem,
    details: { dataset, commits, pendingBytes, due, partitions: Object.fromEntries(duePartitions) },
    metrics: [
      { name: "ingest_commits_total", help: "Commits of this ingester.", value: commits },
      { name: "ingest_conflicts_total", help: "Commits that lost against another ingester.", value: stats.conflicts },
      { name: "ingest_parts_total", help: "Parts in these commits.", value: stats.parts },
      { name: "ingest_bytes_total", help: "Bytes of these parts.", value: stats.bytes },
      { name: "ingest_rows_total", help: "Rows in these parts.", value: stats.rows },
      { name: "ingest_duplicates_total", help: "Arrivals of committed packs.", value: stats.duplicates },
      { name: "ingest_rejected_total", help: "Damaged messages.", value: stats.rejected },
      { name: "ingest_pending_bytes", help: "Bytes that are gathered for the next commits.", value: pendingBytes },
      ...dueWorkMetrics({ component: "ingest" }, due),
      ...[...duePartitions].flatMap(([partition, report]) =>
        dueWorkMetrics({ component: "ingest", partition: String(partition) }, report),
      ),
    ],
  };
}
