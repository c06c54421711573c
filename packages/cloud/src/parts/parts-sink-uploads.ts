import type { RerunError } from "@rerun-ts/core";

/** The uploads of a `PartsSink`. */
export interface PartsSinkUploads {
  /** The number of complete parts in the spool. */
  readonly pendingParts: number;
  /** The number of their bytes. */
  readonly pendingBytes: number;
  /** The age of the oldest of them, in milliseconds. 0 if there are none. */
  readonly oldestMs: number;
  /** The number of sent parts. */
  readonly sentParts: number;
  /** The number of their bytes. */
  readonly sentBytes: number;
  /** The failure of the last attempt, if it has failed. */
  readonly lastError: RerunError | undefined;
}
