import type { RelayStats } from "@rerun-ts/node/relay";
import type { StatusReport } from "@rerun-ts/node/status";

/** The state of a relay for `/healthz` and `/metrics`. */
export function serveStatus(
  stats: RelayStats,
  saved: { readonly bytes: number; readonly failure: Error | undefined } | undefined,
  dataset: Pick<StatusReport, "problem" | "metrics"> | undefined,
): StatusReport {
  const { readers, writers } = stats;
  return {
    problem: saved?.failure?.message ?? dataset?.problem,
    details: { readers, writers },
    metrics: [
      { name: "serve_readers", help: "Viewers and other readers that are connected.", value: readers },
      { name: "serve_writers", help: "Programs that log over a connection now.", value: writers },
      { name: "serve_connections", help: "Open connections.", value: stats.connections },
      { name: "serve_held_bytes", help: "The stored history for readers that connect later.", value: stats.heldBytes },
      { name: "serve_received_bytes_total", help: "Bytes of accepted messages.", value: stats.receivedBytes },
      { name: "serve_received_messages_total", help: "Accepted messages.", value: stats.receivedMessages },
      { name: "serve_sent_bytes_total", help: "Bytes passed to readers.", value: stats.sentBytes },
      { name: "serve_duplicates_total", help: "Messages that came again, and were ignored.", value: stats.duplicates },
      { name: "serve_dropped_readers_total", help: "Readers that were too slow.", value: stats.droppedReaders },
      { name: "serve_rejected_total", help: "Failed calls and rejected requests.", value: stats.refused },
      { name: "serve_saved_bytes_total", help: "Bytes written to files by --save.", value: saved?.bytes ?? 0 },
      ...(dataset?.metrics ?? []),
    ],
  };
}
