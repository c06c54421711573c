import type { EncodedMessage } from "@rerun-ts/core";
import { Fifo } from "@rerun-ts/core/util";
import { retentionKey, toMessageParts, type MessageParts } from "@rerun-ts/core/transport";

/** Smaller messages are posted as copies, which is as fast. */
const MIN_SHARED_BYTES = 64 * 1024;

/** The memory that both threads see. */
export interface SharedBuffers {
  /** Place of messages. */
  readonly messages: SharedArrayBuffer;
  /** One 32-bit number: how many messages of the port were acknowledged, modulo 2^32. */
  readonly acknowledged: SharedArrayBuffer;
}

/**
 * Memory that a cross-origin isolated page shares with its worker. A large message is copied into a ring instead of
 * into new memory, and the page sees acknowledgements without yielding to the event loop. An acknowledgement frees the
 * place of the message in the ring.
 */
export class SharedRing {
  readonly buffers: SharedBuffers;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  readonly #acknowledged: Int32Array<SharedArrayBuffer>;
  /** The messages in the ring, oldest first: their numbers, and where they end. */
  readonly #used = new Fifo<{ readonly number: number; readonly end: number }>();
  /** The used part of the ring. If `#end` is less than `#start`, it continues at the beginning. */
  #start = 0;
  #end = 0;

  /** Creates the memory. Returns `undefined` if the page may not share memory. */
  static create(bytes: number): SharedRing | undefined {
    return globalThis.crossOriginIsolated ? new SharedRing(bytes) : undefined;
  }

  private constructor(bytes: number) {
    this.buffers = { messages: new SharedArrayBuffer(bytes), acknowledged: new SharedArrayBuffer(4) };
    this.#bytes = new Uint8Array(this.buffers.messages);
    this.#acknowledged = new Int32Array(this.buffers.acknowledged);
  }

  /** Number of acknowledged messages, modulo 2^32. */
  get acknowledged(): number {
    return Atomics.load(this.#acknowledged, 0);
  }

  /**
   * Copies a message into the ring, to be posted as the message with this number. Returns `undefined` if there is no
   * room, or if sharing takes longer than posting. Messages of the retained state are not shared, because the worker
   * keeps them after the acknowledgement.
   */
  share(message: EncodedMessage, number: number): MessageParts<SharedArrayBuffer> | undefined {
    const { payload } = message;
    const { byteLength } = payload;
    if (byteLength < MIN_SHARED_BYTES || retentionKey(message) !== undefined) return undefined;
    const offset = this.#reserve(byteLength);
    if (offset === undefined) return undefined;
    this.#bytes.set(payload, offset);
    this.#used.push({ number, end: this.#end });
    return { ...toMessageParts(message), bytes: this.buffers.messages, offset };
  }

  /** Frees the messages with numbers below this one. */
  release(next: number): void {
    for (let { first } = this.#used; first !== undefined && first.number < next; { first } = this.#used) {
      this.#start = first.end;
      this.#used.shift();
    }
    // Starts at the beginning again, because the memory that was used last is in the processor's cache.
    if (this.#used.length === 0) this.#start = this.#end = 0;
  }

  #reserve(bytes: number): number | undefined {
    const isWrapped = this.#end < this.#start;
    const limit = isWrapped ? this.#start : this.#bytes.byteLength;
    // One byte stays free, to distinguish a full ring from an empty one.
    const offset = this.#end + bytes < limit ? this.#end : 0;
    if (offset === 0 && this.#used.length > 0 && (isWrapped || bytes >= this.#start)) return undefined;
    if (offset + bytes >= this.#bytes.byteLength) return undefined;
    this.#end = offset + bytes;
    return offset;
  }
}
