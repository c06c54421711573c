import type { StoreId } from "@rerun-ts/core";

/** A recording or a blueprint in a file. */
export interface RecordingInfo extends StoreId {
  /**
   * The program that logged the recording, e.g. `Python 3.13.5 SDK`. For a file read by its footer, only the first
   * recording states it.
   */
  readonly source: string | undefined;
}
