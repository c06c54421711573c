import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { retentionKey } from "../sink/retained-messages.ts";

/** A message as storage needs it: without its manifest, so that it is cheap to pass to a worker. */
export interface StoredMessage {
  readonly kind: EncodedMessage["kind"];
  readonly storeId: StoreId;
  readonly payload: Uint8Array<ArrayBuffer>;
  /** The number of its rows, to count what is dropped. */
  readonly rows: number;
  /** For the retained state: what the message replaces. */
  readonly retentionKey: string | undefined;
}

/** Part of a message that storage needs; the payload is not copied. */
export function toStoredMessage(message: EncodedMessage): StoredMessage {
  const { kind, storeId, payload, manifest } = message;
  return { kind, storeId, payload, rows: manifest?.rows ?? 0, retentionKey: retentionKey(message) };
}
