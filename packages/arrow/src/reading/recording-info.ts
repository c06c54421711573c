import type { StoreId } from "@rerun-ts/core";

/** A recording or a blueprint in a file. */
export interface RecordingInfo extends StoreId {
  /**
   * The program that logged it, e.g. `Python 3.13.5 SDK`. Of a file that is read by its footer it is known if the file
   * begins with it, which is so for all but the further recordings of merged files.
   */
  readonly source: string | undefined;
}
