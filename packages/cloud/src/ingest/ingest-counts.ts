/** What an ingester has done so far. */
export interface IngestStats {
  /** Commits of this ingester. */
  readonly commits: number;
  /** Attempts in which the commit of another ingester was there first. */
  readonly conflicts: number;
  /** Parts in these commits, and their bytes and rows. */
  readonly parts: number;
  readonly bytes: number;
  readonly rows: number;
  /** Packs that were committed already when they arrived. */
  readonly duplicates: number;
  /** Messages that are no packs. */
  readonly rejected: number;
  /** Bytes of packs that are not committed yet. */
  readonly pendingBytes: number;
  /** The failure that is being waited out, if there is one. */
  readonly lastError: Error | undefined;
}

/** The counts of {@link IngestStats}, as partitions add to them. */
export type IngestCounts = { -readonly [Name in Exclude<keyof IngestStats, "pendingBytes">]: IngestStats[Name] };

export function newCounts(): IngestCounts {
  return { commits: 0, conflicts: 0, parts: 0, bytes: 0, rows: 0, duplicates: 0, rejected: 0, lastError: undefined };
}
