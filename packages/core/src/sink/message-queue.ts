import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";

/** What a queue does with a message that does not fit. */
export type OverflowPolicy = "drop-oldest" | "drop-newest";

/** Messages in order, within a number of bytes. What opens a store or ends a blueprint always fits; static data goes last. */
export class MessageQueue {
  /** How many bytes the messages take. */
  bytes = 0;
  #maxBytes: number;
  readonly #policy: OverflowPolicy;
  #messages: EncodedMessage[] = [];

  constructor(maxBytes: number, policy: OverflowPolicy = "drop-oldest") {
    this.#maxBytes = maxBytes;
    this.#policy = policy;
  }

  get length(): number {
    return this.#messages.length;
  }

  /** The messages, oldest first. */
  get messages(): readonly EncodedMessage[] {
    return this.#messages;
  }

  /** Changes how much fits; what is there already stays. */
  setLimit(maxBytes: number): void {
    this.#maxBytes = maxBytes;
  }

  /** Puts messages into the empty queue that were in one before: they fit, whatever the limit. */
  refill(messages: readonly EncodedMessage[]): void {
    for (const message of messages) this.#append(message);
  }

  /** Adds a message; returns those that had to go for it, which may be the message itself. */
  push(message: EncodedMessage): readonly EncodedMessage[] {
    const size = message.payload.byteLength;
    if (this.bytes + size > this.#maxBytes && message.kind === "chunk") {
      const isTooLarge = size > this.#maxBytes;
      if (isTooLarge || (this.#policy === "drop-newest" && !message.isStatic)) return [message];
      const dropped = this.#makeRoom(size);
      this.#append(message);
      return dropped;
    }
    this.#append(message);
    return [];
  }

  /** Takes the oldest message out. */
  shift(): EncodedMessage | undefined {
    const message = this.#messages.shift();
    if (message !== undefined) this.bytes -= message.payload.byteLength;
    return message;
  }

  /** Takes all messages out. */
  takeAll(): EncodedMessage[] {
    const messages = this.#messages;
    this.#messages = [];
    this.bytes = 0;
    return messages;
  }

  #append(message: EncodedMessage): void {
    this.#messages.push(message);
    this.bytes += message.payload.byteLength;
  }

  /** Gives up the oldest temporal chunks until `size` fits, then static ones. Frees an eighth at once, so that a full queue is not searched for every message. */
  #makeRoom(size: number): EncodedMessage[] {
    const goal = Math.max(0, Math.min(this.#maxBytes - size, Math.floor(this.#maxBytes * 0.875)));
    const dropped: EncodedMessage[] = [];
    for (const canDrop of [isTemporal, isChunk]) {
      const kept: EncodedMessage[] = [];
      for (const message of this.#messages) {
        const isNeeded = canDrop === isTemporal ? this.bytes > goal : this.bytes + size > this.#maxBytes;
        if (isNeeded && canDrop(message)) {
          dropped.push(message);
          this.bytes -= message.payload.byteLength;
        } else {
          kept.push(message);
        }
      }
      this.#messages = kept;
    }
    return dropped;
  }
}

function isTemporal(message: EncodedMessage): boolean {
  return message.kind === "chunk" && !message.isStatic;
}

function isChunk(message: EncodedMessage): boolean {
  return message.kind === "chunk";
}
