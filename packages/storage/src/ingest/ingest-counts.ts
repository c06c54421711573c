import type { DueWorkReport } from "../status/due-work.ts";

/** Counts of an ingester. */
export interface IngestStats {
  /** The number of its commits. */
  readonly commits: number;
  /** Attempts that lost against another ingester. */
  readonly conflicts: number;
  /** The number of parts in these commits. */
  readonly parts: number;
  /** The size of these parts. */
  readonly bytes: number;
  /** The number of rows in these parts. */
  readonly rows: number;
  /** Arrivals of committed packs. */
  readonly duplicates: number;
  /** Damaged messages. */
  readonly rejected: number;
  /** Bytes before their commit. */
  readonly pendingBytes: number;
  /** The pending work of all partitions, and of the connection with NATS. */
  readonly due: DueWorkReport;
  /** The pending work of each partition that has some, or fails. */
  readonly duePartitions: ReadonlyMap<number, DueWorkReport>;
}

/** The counts of {@link IngestStats}, as partitions add to them. */
export type IngestCounts = {
  -readonly [Name in Exclude<keyof IngestStats, "pendingBytes" | "due" | "duePartitions">]: IngestStats[Name];
};

/** Counts that are all 0. */
export function newIngestCounts(): IngestCounts {
  return { commits: 0, conflicts: 0, parts: 0, bytes: 0, rows: 0, duplicates: 0, rejected: 0 };
}
