import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { List } from "../collections/list.ts";

/**
 * The policy for a full queue: wait for room, drop the oldest data, drop the new data, or break the sink. The option
 * `onFull` of each sink lists its policies.
 */
export type OverflowPolicy = "block" | "drop-oldest" | "drop-newest" | "error";

/** The policies that a queue carries out itself. */
export type DropPolicy = Extract<OverflowPolicy, "drop-oldest" | "drop-newest">;

/** The share that a full queue frees each time, so that not every message needs a search. */
const FREED_PART = 0.125;

/**
 * Messages in order, within a number of bytes. Store infos and activations always fit. When room is needed, the oldest
 * temporal chunks are dropped first, then the oldest static ones. Of a video, whole groups of pictures are dropped:
 * with a frame, all up to the next one at which a decoder can start. All operations except drops take constant time.
 */
export class MessageQueue {
  /** Number of bytes that the messages take. */
  bytes = 0;
  #maxBytes: number;
  readonly #policy: DropPolicy;
  readonly #messages: Pick<List<EncodedMessage>, keyof List<EncodedMessage>>;
  /** The entities of videos whose next frames need one that was dropped. */
  readonly #broken = new Set<string>();

  /** @param messages an empty list for the messages */
  constructor(
    maxBytes: number,
    policy: DropPolicy = "drop-oldest",
    messages: Pick<List<EncodedMessage>, keyof List<EncodedMessage>> = new List(),
  ) {
    this.#maxBytes = maxBytes;
    this.#policy = policy;
    this.#messages = messages;
  }

  get length(): number {
    return this.#messages.length;
  }

  /** The messages, oldest first. Valid until the next change. */
  get messages(): readonly EncodedMessage[] {
    return this.#messages.items;
  }

  /** Changes the limit. Messages in the queue stay, even above the limit. */
  setLimit(maxBytes: number): void {
    this.#maxBytes = maxBytes;
  }

  /** Adds messages regardless of the limit. */
  refill(messages: Iterable<EncodedMessage>): void {
    for (const message of messages) this.#append(message);
  }

  /** Adds a message. Returns the messages that were dropped to make room, possibly including the message itself. */
  push(message: EncodedMessage): readonly EncodedMessage[] {
    const size = message.payload.byteLength;
    let dropped: readonly EncodedMessage[] = [];
    if (this.#needsDropped(message)) return [message];
    if (this.bytes + size > this.#maxBytes && message.kind === "chunk") {
      const isTooLarge = size > this.#maxBytes;
      if (isTooLarge || (this.#policy === "drop-newest" && !message.isStatic)) return [this.#noteDropped(message)];
      dropped = this.#makeRoom(size);
      if (this.#needsDropped(message)) return [...dropped, message];
    }
    this.#append(message);
    return dropped;
  }

  /** Removes and returns all messages. */
  takeAll(): EncodedMessage[] {
    this.bytes = 0;
    return this.#messages.takeAll();
  }

  /** Removes these messages. Ignores messages that are not in the queue. */
  remove(messages: Iterable<EncodedMessage>): void {
    const removed = new Set(messages);
    const kept = this.takeAll().filter((message) => !removed.has(message));
    this.refill(kept);
  }

  #append(message: EncodedMessage): void {
    this.#messages.push(message);
    this.bytes += message.payload.byteLength;
  }

  #makeRoom(size: number): EncodedMessage[] {
    const goal = Math.max(0, Math.min(this.#maxBytes - size, Math.floor(this.#maxBytes * (1 - FREED_PART))));
    const temporal = this.#dropWhile(() => this.bytes > goal, isTemporal);
    if (this.bytes + size <= this.#maxBytes) return temporal;
    return [...temporal, ...this.#dropWhile(() => this.bytes + size > this.#maxBytes, isChunk)];
  }

  /** Whether a message has frames of a video that need a dropped one: nobody could decode them. */
  #needsDropped({ manifest }: EncodedMessage): boolean {
    if (manifest?.startsGroup === true) this.#broken.delete(manifest.entityPath);
    return manifest?.startsGroup === false && this.#broken.has(manifest.entityPath);
  }

  #noteDropped(message: EncodedMessage): EncodedMessage {
    const { manifest } = message;
    if (manifest?.startsGroup !== undefined) this.#broken.add(manifest.entityPath);
    return message;
  }

  #dropWhile(isNeeded: () => boolean, canDrop: (message: EncodedMessage) => boolean): EncodedMessage[] {
    const dropped: EncodedMessage[] = [];
    for (const message of this.#messages.takeAll()) {
      if ((isNeeded() && canDrop(message)) || this.#needsDropped(message)) {
        dropped.push(this.#noteDropped(message));
        this.bytes -= message.payload.byteLength;
      } else {
        this.#messages.push(message);
      }
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
