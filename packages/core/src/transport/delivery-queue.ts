import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { Fifo } from "../collections/fifo.ts";
import { MessageFifo } from "../sink/message-fifo.ts";
import type { DropPolicy } from "../sink/message-queue.ts";
import { RetainedMessages } from "../sink/retained-messages.ts";

/** Limits of a {@link DeliveryQueue}. */
export interface DeliveryLimits {
  /** Bytes that may be pending or in flight, besides a backlog that was handed over. */
  readonly maxQueueBytes: number;
  /** Bytes of store infos, blueprints and static data that are retained after they were acknowledged. */
  readonly maxRetainedBytes: number;
  readonly policy: DropPolicy;
}

/**
 * The messages on their way to a server: messages in flight, messages that are sent again, and pending ones. Beside
 * them are the {@link RetainedMessages}, which a server that lacks them must receive first.
 *
 * A message is pushed, taken (sent), marked as written, and acknowledged, always in order. After a lost connection the
 * writer calls `rewind` if the server still has the received messages, or `restart` if it may be another server.
 */
export class DeliveryQueue {
  /** Bytes written to connections so far, including repetitions, where the transport knows the number. */
  writtenBytes = 0;
  /** Bytes that were acknowledged so far. */
  acknowledgedBytes = 0;
  /**
   * The number of connections that were re-established, to the same server or to another one. The writer counts them.
   */
  reconnects = 0;
  readonly #limits: DeliveryLimits;
  readonly #onAcknowledged: (message: EncodedMessage, isRetained: boolean) => void;
  readonly #pending: MessageFifo;
  /** Messages that were sent, and must be sent again: before the pending ones, and as the same number of messages. */
  readonly #returned = new Fifo<EncodedMessage>();
  #returnedBytes = 0;
  readonly #sent = new Fifo<EncodedMessage>();
  #sentBytes = 0;
  /** The oldest sent messages that were written completely: how many, and their bytes. */
  #written = 0;
  #writtenBytes = 0;
  #rows = 0;
  /** Bytes above `maxQueueBytes` that the backlog may still take, and its unacknowledged messages. */
  #backlogBytes = 0;
  readonly #backlog = new Set<EncodedMessage>();
  readonly #retained: RetainedMessages;

  /** @param onAcknowledged receives each acknowledged message, and whether the message is retained */
  constructor(
    limits: DeliveryLimits,
    onAcknowledged: (message: EncodedMessage, isRetained: boolean) => void = () => {},
  ) {
    this.#limits = limits;
    this.#onAcknowledged = onAcknowledged;
    this.#pending = new MessageFifo(limits.maxQueueBytes, limits.policy);
    this.#retained = new RetainedMessages(limits.maxRetainedBytes);
  }

  /** Bytes that are pending or in flight. */
  get bytes(): number {
    return this.#pending.bytes + this.#returnedBytes + this.#sentBytes;
  }

  /** Number of bytes that may be pending or in flight now. */
  get maxBytes(): number {
    return this.#limits.maxQueueBytes + this.#backlogBytes;
  }

  /** Rows in these bytes. */
  get rows(): number {
    return this.#rows;
  }

  /** Bytes that were not written yet. */
  get pendingBytes(): number {
    return this.bytes - this.#writtenBytes;
  }

  get hasPending(): boolean {
    return this.#pending.length > 0 || this.#returned.length > 0;
  }

  /** The next message to be taken. */
  get next(): EncodedMessage | undefined {
    return this.#returned.first ?? this.#pending.list.first;
  }

  /** The size of the next message to be taken. */
  get nextBytes(): number | undefined {
    return this.next?.payload.byteLength;
  }

  get isEmpty(): boolean {
    return !this.hasPending && this.#sent.length === 0;
  }

  /** Adds a message. Returns the messages that were dropped to make room, possibly including the message itself. */
  push(message: EncodedMessage): readonly EncodedMessage[] {
    // Messages in flight cannot be dropped, because the server may have them. Pending messages share the remaining
    // room.
    this.#pending.setLimit(Math.max(0, this.maxBytes - this.#sentBytes - this.#returnedBytes));
    const dropped = this.#pending.push(message);
    for (const one of dropped) this.#leaveBacklog(one);
    this.#rows += rowsIn([message]) - rowsIn(dropped);
    return dropped;
  }

  /**
   * Adds a message from the recording's backlog. It fits regardless of the limit, which is raised until the message is
   * acknowledged or dropped.
   */
  pushBacklog(message: EncodedMessage): void {
    this.#backlogBytes += message.payload.byteLength;
    this.#backlog.add(message);
    this.#rows += rowsIn([message]);
    this.#pending.refill([message]);
  }

  /** Takes messages to be sent: at least one if there is any, up to `maxBytes`, `maxCount` and the first `isEnd`. */
  take(
    maxBytes: number,
    maxCount: number = Infinity,
    isEnd: (message: EncodedMessage) => boolean = () => false,
  ): EncodedMessage[] {
    const batch: EncodedMessage[] = [];
    let bytes = 0;
    for (let { next } = this; next !== undefined && batch.length < maxCount; { next } = this) {
      const { byteLength } = next.payload;
      if (batch.length > 0 && (bytes + byteLength > maxBytes || isEnd(next))) break;
      const returned = this.#returned.shift();
      if (returned !== undefined) this.#returnedBytes -= byteLength;
      const message = (returned ?? this.#pending.shift()) as EncodedMessage;
      bytes += byteLength;
      batch.push(message);
      this.#sent.push(message);
    }
    this.#sentBytes += bytes;
    return batch;
  }

  /** Notes that the oldest messages in flight have been written, by their number and bytes. Default: all of them. */
  markWritten(count: number = this.#sent.length, bytes: number = this.#sentBytes): void {
    this.writtenBytes += bytes - this.#writtenBytes;
    this.#written = count;
    this.#writtenBytes = bytes;
  }

  /** Acknowledges the oldest `count` messages in flight, or fewer, if some were removed in the meantime. */
  acknowledge(count: number): void {
    for (let index = 0; index < count; index++) {
      const message = this.#shiftSent();
      if (message === undefined) return;
      this.acknowledgedBytes += message.payload.byteLength;
      this.#forget(message);
      this.#onAcknowledged(message, this.#retained.add(message));
    }
  }

  /** Bytes in flight. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** The number of messages in flight. */
  get sentCount(): number {
    return this.#sent.length;
  }

  /**
   * Prepares to send unacknowledged messages again after a lost connection to the same server. None of them is dropped,
   * so that messages keep their numbers in the session: the server may yet receive messages that a page has posted.
   */
  rewind(): void {
    this.#returnedBytes += this.#sentBytes;
    const again = [...this.#takeSent(), ...this.#returned.takeAll()];
    for (const message of again) this.#returned.push(message);
  }

  /** The connection was lost, and the server may be another one: the retained state is pending too, before the rest. */
  restart(): void {
    const all = [...this.#retained.inOrder, ...this.#takeUnacknowledged()];
    this.#retained.clear();
    this.#rows = rowsIn(all);
    this.#pending.refill(all);
  }

  /** The first message in flight. */
  get oldestSent(): EncodedMessage | undefined {
    return this.#sent.first;
  }

  /** Removes and returns the first message in flight, which is not sent again. */
  dropSent(): EncodedMessage | undefined {
    const message = this.#shiftSent();
    if (message !== undefined) this.#forget(message);
    return message;
  }

  /** Whether a message was written. With `ack`, whether it was also acknowledged or dropped. */
  hasSent(message: EncodedMessage, ack: boolean): boolean {
    if (this.#pending.messages.includes(message) || this.#returned.items.includes(message)) return false;
    const index = this.#sent.items.indexOf(message);
    return ack ? index < 0 : index < this.#written;
  }

  /** A list of the messages that are not acknowledged, oldest first. */
  get unacknowledged(): EncodedMessage[] {
    return [...this.#sent.items, ...this.#returned.items, ...this.#pending.messages];
  }

  /** Removes and returns everything that is not acknowledged. */
  takeAll(): EncodedMessage[] {
    const all = this.#takeUnacknowledged();
    this.#rows = 0;
    this.#backlogBytes = 0;
    this.#backlog.clear();
    return all;
  }

  #shiftSent(): EncodedMessage | undefined {
    const message = this.#sent.shift();
    if (message === undefined) return undefined;
    this.#sentBytes -= message.payload.byteLength;
    if (this.#written > 0) {
      this.#written--;
      this.#writtenBytes -= message.payload.byteLength;
    }
    return message;
  }

  /** A message is in the queue no longer. */
  #forget(message: EncodedMessage): void {
    this.#leaveBacklog(message);
    this.#rows -= rowsIn([message]);
  }

  /** Ends the extra room for a backlog message. A restart must not use that room for messages that are sent again. */
  #leaveBacklog(message: EncodedMessage): void {
    if (this.#backlog.delete(message)) this.#backlogBytes -= message.payload.byteLength;
  }

  #takeUnacknowledged(): EncodedMessage[] {
    this.#returnedBytes = 0;
    return [...this.#takeSent(), ...this.#returned.takeAll(), ...this.#pending.takeAll()];
  }

  #takeSent(): EncodedMessage[] {
    this.#sentBytes = this.#written = this.#writtenBytes = 0;
    return this.#sent.takeAll();
  }
}

/** Number of rows that these messages hold. */
export function rowsIn(messages: readonly EncodedMessage[]): number {
  return messages.reduce((sum, { manifest }) => sum + (manifest?.rows ?? 0), 0);
}
