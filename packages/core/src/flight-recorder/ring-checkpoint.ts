import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { storeKey } from "../rrd/encode/store-id.ts";
import { withStoreId } from "../rrd/decode/with-store-id.ts";
import type { FlightRing } from "./flight-ring.ts";

/** Stands between the id of a recording, and the number and the length of a checkpoint. */
const BEFORE = "~before~";
const CHECKPOINT = /^([^]*)~before~(\d+)\/(\d+)$/;

/**
 * The values that the window of a store needs from before, for a ring on disk: the chunks with latest values, and
 * groups of pictures, as messages of another store. The last complete checkpoint in a ring counts.
 */
export function checkpointOf(ring: FlightRing, storeId: StoreId, number: number): readonly EncodedMessage[] {
  const store = ring.stores.get(storeKey(storeId));
  if (store === undefined) return [];
  const { latest, groups } = store;
  const values = latest.messages.filter(({ isStatic }) => !isStatic);
  const messages = [...new Set([...values, ...groups.paths.flatMap((path) => groups.groupOf(path))])];
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
  const [, recordingId, number, length] = CHECKPOINT.exec(storeId.recordingId) ?? [];
  if (storeId.kind !== "recording" || recordingId === undefined) return undefined;
  return { storeId: { ...storeId, recordingId }, number: Number(number), length: Number(length) };
}
