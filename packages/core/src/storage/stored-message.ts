import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { retentionKey } from "../sink/retained-messages.ts";

/** A message for storage, without its manifest, so that passing it to a worker is cheap. */
export interface StoredMessage {
  readonly kind: EncodedMessage["kind"];
  readonly storeId: StoreId;
  readonly payload: Uint8Array<ArrayBuffer>;
  /** The number of rows, for counting drops. */
  readonly rows: number;
  /** The retention key of a message of the retained state. */
  readonly retentionKey: string | undefined;
}

/** The parts of a message that storage needs. The payload is not copied. */
export function toStoredMessage(message: EncodedMessage): StoredMessage {
  const { kind, storeId, payload, manifest } = message;
  return { kind, storeId, payload, rows: manifest?.rows ?? 0, retentionKey: retentionKey(message) };
}
