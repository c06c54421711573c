import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { storeKey } from "../rrd/encode/store-id.ts";
import { withStoreId } from "../rrd/decode/with-store-id.ts";
import type { FlightRing } from "./flight-ring.ts";

/** Stands between the id of a recording, and the number and the length of a checkpoint. */
const BEFORE = "~before~";

/**
 * The values that the window of a store needs from before, for a ring on disk: the chunks with latest values, and
 * groups of pictures, as messages of another store. The last complete checkpoint in a ring counts.
 */
export function checkpointOf(ring: FlightRing, storeId: StoreId, number: number): readonly EncodedMessage[] {
  const store = storeKey(storeId);
  const messages = [...new Set([...ring.latest.temporalMessages(store), ...ring.groups.groupsOf(store).flat()])];
  const target: StoreId = { ...storeId, recordingId: `${storeId.recordingId}${BEFORE}${number}/${messages.length}` };
  return messages.map((message) => ({
    ...message,
    storeId: target,
    payload: withStoreId("chunk", message.payload, target),
  }));
}

/** A checkpoint that a message belongs to. */
export interface RingCheckpoint {
  /** The recording. */
  readonly storeId: StoreId;
  readonly number: number;
  /** The number of its messages. */
  readonly length: number;
}

/** The checkpoint of a store, or `undefined` for the store of a recording. */
export function checkpointOfStore(storeId: StoreId): RingCheckpoint | undefined {
  const at = storeId.recordingId.lastIndexOf(BEFORE);
  if (storeId.kind !== "recording" || at < 0) return undefined;
  const [number = 0, length = 0] = storeId.recordingId
    .slice(at + BEFORE.length)
    .split("/")
    .map(Number);
  return { storeId: { ...storeId, recordingId: storeId.recordingId.slice(0, at) }, number, length };
}
