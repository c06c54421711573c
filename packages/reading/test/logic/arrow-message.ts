import type { StoreId } from "@rerun-ts/core";
import { frameArrowMessage, maxFrameLength } from "../../../core/dist/rrd/encode/arrow-message.js";
import { encodeStoreId } from "../../../core/dist/rrd/encode/store-id.js";

/** A static chunk of a store as a message, whatever its Arrow data is. */
export function arrowMessage(store: StoreId, arrow: Uint8Array): Uint8Array<ArrayBuffer> {
  const storeId = encodeStoreId(store);
  const start = maxFrameLength({ storeId });
  const { byteLength } = arrow;
  const target = new Uint8Array(start + byteLength + start);
  target.set(arrow, start);
  const head = { storeId, chunkId: { timeHi: 1, timeLo: 1, incHi: 1, incLo: 1 }, isStatic: true };
  return frameArrowMessage(target, start, byteLength, byteLength, false, head);
}
