import type { StoreId } from "@rerun-ts/core";

/** A recording or a blueprint in a file. */
export interface RecordingInfo extends StoreId {
  /** The program that logged it, where that is known. */
  readonly source: string | undefined;
}
