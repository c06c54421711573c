import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { encodeRows } from "@rerun-ts/core/encode";

/** A message that opens a store, for a client that has opened it elsewhere. */
export function storeInfoOf(storeId: StoreId): EncodedMessage {
  return encodeRows(storeId, "log_time", [])[0] as EncodedMessage;
}
