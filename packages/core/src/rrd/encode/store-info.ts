import type { Tuid } from "../../batch/tuid.ts";
import type { EncodedMessage, StoreId } from "./encoded-message.ts";
import { ENCODED_TUID_LENGTH, writeEncodedTuid } from "./encode-tuid.ts";
import { ProtobufWriter } from "../../protobuf/writer.ts";
import { encodeStoreId } from "./store-id.ts";
import { CRATE_VERSION_BITS } from "./stream-header.ts";

/** `StoreSourceKind.OTHER`: the source is a string. */
const SOURCE_OTHER = 6;

/** Encodes the message that opens a store: `rerun.log_msg.v1alpha1.SetStoreInfo`. */
export function encodeStoreInfo(storeId: StoreId, source: string, rowId: Tuid): EncodedMessage {
  const extra = new ProtobufWriter().bytes(1, new TextEncoder().encode(source)).finish();
  const info = new ProtobufWriter()
    .bytes(2, encodeStoreId(storeId))
    .bytes(5, new ProtobufWriter().uint(1, SOURCE_OTHER).bytes(2, extra).finish())
    .bytes(6, new ProtobufWriter().uint(1, CRATE_VERSION_BITS).finish())
    .finish();
  const rowIdBytes = new Uint8Array(ENCODED_TUID_LENGTH);
  writeEncodedTuid(rowIdBytes, 0, rowId);
  const payload = new ProtobufWriter().bytes(1, rowIdBytes).bytes(2, info).finish();
  return { kind: "storeInfo", storeId, payload, isStatic: true };
}
