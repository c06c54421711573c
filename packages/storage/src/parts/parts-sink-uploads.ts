import type { RerunError } from "@rerun-ts/core";

/** Counts of the sent and pending parts of a `PartsSink`. */
export interface PartsSinkUploads {
  /** The number of complete parts in the spool. */
  readonly pendingParts: number;
  /** The number of their bytes. */
  readonly pendingBytes: number;
  /** The age of the oldest of them, in milliseconds. 0 if there are none. */
  readonly oldestMs: number;
  /** The time since something was sent while parts wait, in seconds. 0 if none do. */
  readonly secondsSinceSuccess: number;
  /** Why data cannot be stored now, or parts are not sent for 30 seconds, in words. `undefined` while all is well. */
  readonly problem: string | undefined;
  /** The number of sent parts. */
  readonly sentParts: number;
  /** The number of their bytes. */
  readonly sentBytes: number;
  /** The failure of the last attempt, if it has failed. */
  readonly lastError: RerunError | undefined;
}
