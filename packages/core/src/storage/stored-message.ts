import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { storeKey } from "../rrd/encode/store-id.ts";
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
  /** The video of a message with frames. */
  readonly video?: StoredVideo | undefined;
}

/** A message with frames of a video. */
export interface StoredVideo {
  /** The store and the path of the entity. */
  readonly entity: string;
  /** Whether the first frame is one at which a decoder can start. */
  readonly startsGroup: boolean;
}

/** The parts of a message that storage needs. The payload is not copied. */
export function toStoredMessage(message: EncodedMessage): StoredMessage {
  const { kind, storeId, payload, manifest } = message;
  const stored = { kind, storeId, payload, rows: manifest?.rows ?? 0, retentionKey: retentionKey(message) };
  if (manifest?.startsGroup === undefined || message.isStatic) return stored;
  const { entityPath, startsGroup } = manifest;
  return { ...stored, video: { entity: `${storeKey(storeId)}\n${entityPath}`, startsGroup } };
}
