import { compareStrings } from "../collections/compare-strings.ts";
import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";

/** The default of `maxRetainedBytes`. */
export const MAX_RETAINED_BYTES: number = 64 * 1024 * 1024;

/** The parts of a message of the retained state that {@link RetainedMessages} needs. */
export type StateMessage = Pick<EncodedMessage, "kind" | "storeId" | "payload">;

/**
 * The retained state: the first messages for a server or a sink that knows nothing of the recording. It consists of the
 * store infos, the blueprints, and the newest static chunk of each entity and set of components.
 */
export class RetainedMessages<Message extends StateMessage = EncodedMessage> {
  readonly #maxBytes: number;
  #bytes = 0;
  /** The messages by their retention keys, oldest first. */
  readonly #messages = new Map<string, Message>();

  /** @param maxBytes above this the oldest chunks are forgotten, but never the newest one */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes a message, if it is part of the retained state. Returns whether it is. */
  add(this: RetainedMessages, message: EncodedMessage): boolean {
    const key = retentionKey(message);
    if (key === undefined) return false;
    this.put(key, message);
    return true;
  }

  /** Takes a message with its retention key. */
  put(key: string, message: Message): void {
    this.#forget(key);
    if (message.kind === "activation") this.#forgetOtherBlueprints(message.storeId);
    this.#messages.set(key, message);
    this.#bytes += message.payload.byteLength;
    for (const [oldest, { kind }] of this.#messages) {
      if (this.#bytes <= this.#maxBytes) break;
      if (kind === "chunk" && oldest !== key) this.#forget(oldest);
    }
  }

  /** The messages in the order in which they must be sent: store infos first, then oldest first. */
  get inOrder(): readonly Message[] {
    return [...this.#messages.values()].sort((a, b) => Number(isStoreInfo(b)) - Number(isStoreInfo(a)));
  }

  /** Forgets everything. */
  clear(): void {
    this.#messages.clear();
    this.#bytes = 0;
  }

  /** A new blueprint replaces all earlier ones of its application. */
  #forgetOtherBlueprints({ applicationId, recordingId }: StoreId): void {
    for (const [key, { storeId }] of this.#messages) {
      const isBlueprint = storeId.kind === "blueprint" && storeId.applicationId === applicationId;
      if (isBlueprint && storeId.recordingId !== recordingId) this.#forget(key);
    }
  }

  #forget(key: string): void {
    const before = this.#messages.get(key);
    if (before === undefined) return;
    this.#bytes -= before.payload.byteLength;
    this.#messages.delete(key);
  }
}

function isStoreInfo({ kind }: StateMessage): boolean {
  return kind === "storeInfo";
}

/**
 * The key of a message of the retained state. A later message with the same key replaces it. `undefined` for other
 * data.
 */
export function retentionKey({ kind, storeId, isStatic, chunkId, manifest }: EncodedMessage): string | undefined {
  if (!isStatic && storeId.kind === "recording") return undefined;
  const store = `${storeId.kind}\0${storeId.applicationId}\0${storeId.recordingId}`;
  if (kind !== "chunk") return `${kind}\0${store}`;
  // All chunks of a blueprint belong together.
  if (storeId.kind === "blueprint") return `chunk\0${store}\0${chunkId?.incHi},${chunkId?.incLo}`;
  if (manifest === undefined) return undefined;
  const components = manifest.components.map(({ descriptor }) => descriptor.component).sort(compareStrings);
  return `static\0${store}\0${manifest.entityPath}\0${components.join("\0")}`;
}
