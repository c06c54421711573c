import type { EncodedMessage, SinkState } from "@rerun-ts/core";
import { CompleteStoreIds, storeKey } from "@rerun-ts/core/rrd";
import { MessageQueue } from "@rerun-ts/core/transport";
import type { LiveBuffer, LiveMessage } from "./live-source.ts";

/**
 * Holds the messages of one store in a stream, up to a number of bytes. Above it, the oldest chunks with times are
 * removed first.
 */
export class StreamBuffer implements LiveBuffer {
  /** Error that ended the stream, if it failed. */
  error: unknown;
  readonly #queue: MessageQueue;
  readonly #stream: AsyncIterator<LiveMessage>;
  readonly #isWanted: (message: LiveMessage) => boolean;
  /** The store, once its first message has arrived. */
  #key: string | undefined;
  readonly #stores = new CompleteStoreIds();
  #state: SinkState = "open";

  /** @param isWanted decides by the first message of a store whether this is the wanted store */
  constructor(stream: AsyncIterable<LiveMessage>, maxBytes: number, isWanted: (message: LiveMessage) => boolean) {
    this.#queue = new MessageQueue(maxBytes);
    this.#stream = stream[Symbol.asyncIterator]();
    this.#isWanted = isWanted;
  }

  readMessages(): readonly LiveMessage[] {
    return this.#queue.messages;
  }

  stats(): { readonly state: SinkState } {
    return { state: this.#state };
  }

  /** Reads the stream until it ends, fails, or is closed. */
  async run(): Promise<void> {
    try {
      while (this.#state === "open") {
        const { done, value } = await this.#stream.next();
        if (done === true) this.#state = "closed";
        else this.#add(value);
      }
    } catch (error) {
      if (this.#state !== "open") return;
      this.error = error;
      this.#state = "broken";
    }
  }

  /** Ends the reading. */
  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closed";
    // Not awaited, because `return` waits until the stream yields, which may never happen.
    void this.#stream.return?.().catch(() => {});
  }

  #add(message: LiveMessage): void {
    const storeId = this.#stores.of(message);
    const key = storeKey(storeId);
    if (this.#key === undefined && this.#isWanted(message)) this.#key = key;
    if (key !== this.#key) return;
    const { kind, payload, isStatic = kind !== "chunk" } = message;
    // The payload may be a small part of a received buffer, which it would keep in memory.
    const owned = payload.byteLength === payload.buffer.byteLength ? payload : payload.slice();
    this.#queue.push({ kind, storeId, payload: owned, isStatic } as EncodedMessage);
  }
}
