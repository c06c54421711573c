import type { SinkStats } from "../sink/sink.ts";
import type { FlushResult } from "./recording-options.ts";

/**
 * Result of a flush or a close of these sinks.
 *
 * @param droppedRows default: the rows that these sinks have dropped
 */
export function flushResultOf(complete: boolean, sinks: readonly SinkStats[], droppedRows?: number): FlushResult {
  const sum = (pick: (stats: SinkStats) => number): number => sinks.reduce((total, stats) => total + pick(stats), 0);
  return {
    complete,
    pendingBytes: sum(({ state, queuedBytes }) => (state === "buffering" ? 0 : queuedBytes)),
    droppedRows: droppedRows ?? sum((stats) => stats.droppedRows),
    sinks,
  };
}
