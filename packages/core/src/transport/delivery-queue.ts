import { compareText } from "../compare-text.ts";
import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { MessageQueue, type OverflowPolicy } from "../sink/message-queue.ts";

/** How much a {@link DeliveryQueue} holds. */
export interface DeliveryLimits {
  /** Bytes that wait to be sent or to be acknowledged. */
  readonly maxQueueBytes: number;
  /** Bytes of what a new server must know first, kept after it was acknowledged. */
  readonly retainBytes: number;
  readonly policy: OverflowPolicy;
}

/**
 * The messages on their way to a server: those that wait, those that were sent and are not acknowledged yet, and those
 * that a new server must know: store infos, blueprints, and the newest static chunk of each entity and set of components.
 */
export class DeliveryQueue {
  readonly #limits: DeliveryLimits;
  readonly #onArrived: (message: EncodedMessage) => void;
  readonly #waiting: MessageQueue;
  #sent: EncodedMessage[] = [];
  #sentBytes = 0;
  /** How many of these were written whole, the oldest ones, and their bytes. */
  #written = 0;
  #writtenBytes = 0;
  #rows = 0;
  /** By what replaces each other, oldest first. */
  readonly #retained = new Map<string, EncodedMessage>();
  #retainedBytes = 0;

  /** `onArrived` hears of each message that was acknowledged and is needed no more. */
  constructor(limits: DeliveryLimits, onArrived: (message: EncodedMessage) => void = () => {}) {
    this.#limits = limits;
    this.#onArrived = onArrived;
    this.#waiting = new MessageQueue(limits.maxQueueBytes, limits.policy);
  }

  /** Bytes that wait to be sent or to be acknowledged. */
  get bytes(): number {
    return this.#waiting.bytes + this.#sentBytes;
  }

  /** Rows in these bytes. */
  get rows(): number {
    return this.#rows;
  }

  /** Bytes that wait to be sent. */
  get waitingBytes(): number {
    return this.bytes - this.#writtenBytes;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** The size of what would be taken next. */
  get nextBytes(): number | undefined {
    return this.#waiting.messages[0]?.payload.byteLength;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#sent.length === 0;
  }

  /** Whether a chunk of `size` bytes fits without anything being given up. */
  hasRoom(size: number): boolean {
    return this.bytes + size <= this.#limits.maxQueueBytes;
  }

  /** Adds a message; returns those that had to go for it, which may be the message itself. */
  push(message: EncodedMessage): readonly EncodedMessage[] {
    // What is under way cannot be taken back: what waits has the rest of the room.
    this.#waiting.setLimit(Math.max(0, this.#limits.maxQueueBytes - this.#sentBytes));
    const dropped = this.#waiting.push(message);
    this.#rows += rowsIn([message]) - rowsIn(dropped);
    return dropped;
  }

  /** Takes messages to be sent, at least one if there is any, up to about `maxBytes`. */
  take(maxBytes: number): EncodedMessage[] {
    const batch: EncodedMessage[] = [];
    let bytes = 0;
    while (this.#waiting.length > 0 && (bytes === 0 || bytes < maxBytes)) {
      const message = this.#waiting.shift() as EncodedMessage;
      bytes += message.payload.byteLength;
      batch.push(message);
    }
    this.#sent.push(...batch);
    this.#sentBytes += bytes;
    return batch;
  }

  /** All that was taken so far has been written. Returns the bytes that this adds. */
  markWritten(): number {
    const added = this.#sentBytes - this.#writtenBytes;
    this.#written = this.#sent.length;
    this.#writtenBytes = this.#sentBytes;
    return added;
  }

  /** The oldest `count` messages that were sent have arrived. */
  acknowledge(count: number): void {
    // Fewer, if everything was taken out meanwhile.
    this.#written = Math.max(0, this.#written - count);
    for (const message of this.#sent.splice(0, count)) {
      this.#sentBytes -= message.payload.byteLength;
      this.#writtenBytes -= message.payload.byteLength;
      this.#rows -= rowsIn([message]);
      this.#retain(message);
    }
  }

  /** Bytes that were sent and are not acknowledged. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** How many messages were sent and are not acknowledged. */
  get sentCount(): number {
    return this.#sent.length;
  }

  /** The connection is lost, and the same server is there again: what was not acknowledged goes again. */
  rewind(): void {
    const again = [...this.#sent, ...this.#waiting.takeAll()];
    this.#clearSent();
    this.#waiting.refill(again);
  }

  /** The connection is lost: what was not acknowledged goes again, and a new server must hear first what it must know. */
  restart(): void {
    const waiting = this.#waiting.takeAll();
    const again = this.#sent;
    this.#clearSent();
    const retained = [...this.#retained.values()];
    const [infos, others] = [retained.filter(isStoreInfo), retained.filter((message) => !isStoreInfo(message))];
    const all = [...infos, ...others, ...again, ...waiting];
    this.#retained.clear();
    this.#retainedBytes = 0;
    this.#rows = rowsIn(all);
    this.#waiting.refill(all);
  }

  /** The first message that is not acknowledged. */
  get oldest(): EncodedMessage | undefined {
    return this.#sent[0] ?? this.#waiting.messages[0];
  }

  /** The message that came last, if it is still here. */
  get newest(): EncodedMessage | undefined {
    return this.#waiting.messages.at(-1) ?? this.#sent.at(-1);
  }

  /** Whether a message was sent; with `ack` whether it was acknowledged too, or given up. */
  hasSent(message: EncodedMessage, ack: boolean): boolean {
    if (this.#waiting.messages.includes(message)) return false;
    const index = this.#sent.indexOf(message);
    return ack ? index < 0 : index < this.#written;
  }

  /** What is not acknowledged, oldest first. */
  get unacknowledged(): readonly EncodedMessage[] {
    return [...this.#sent, ...this.#waiting.messages];
  }

  /** Takes everything out. */
  takeAll(): EncodedMessage[] {
    const all = [...this.#sent, ...this.#waiting.takeAll()];
    this.#clearSent();
    this.#rows = 0;
    return all;
  }

  #clearSent(): void {
    this.#sent = [];
    this.#sentBytes = this.#written = this.#writtenBytes = 0;
  }

  #retain(message: EncodedMessage): void {
    const key = retentionKey(message);
    if (key === undefined) return this.#onArrived(message);
    this.#forget(key);
    if (message.kind === "activation") this.#forgetOtherBlueprints(message.storeId);
    this.#retained.set(key, message);
    this.#retainedBytes += message.payload.byteLength;
    for (const [oldest, { kind }] of this.#retained) {
      if (this.#retainedBytes <= this.#limits.retainBytes) return;
      if (kind === "chunk" && oldest !== key) this.#forget(oldest);
    }
  }

  /** A new blueprint takes the place of all earlier ones of its application. */
  #forgetOtherBlueprints({ applicationId, recordingId }: StoreId): void {
    for (const [key, { storeId }] of this.#retained) {
      const isBlueprint = storeId.kind === "blueprint" && storeId.applicationId === applicationId;
      if (isBlueprint && storeId.recordingId !== recordingId) this.#forget(key);
    }
  }

  #forget(key: string): void {
    const before = this.#retained.get(key);
    if (before === undefined) return;
    this.#retainedBytes -= before.payload.byteLength;
    this.#retained.delete(key);
  }
}

/** How many rows these messages hold. */
export function rowsIn(messages: readonly EncodedMessage[]): number {
  return messages.reduce((sum, { manifest }) => sum + (manifest?.rows ?? 0), 0);
}

function isStoreInfo({ kind }: EncodedMessage): boolean {
  return kind === "storeInfo";
}

/** What a retained message replaces; `undefined` for data that only its first server needs. */
function retentionKey({ kind, storeId, isStatic, chunkId, manifest }: EncodedMessage): string | undefined {
  const store = `${storeId.kind}\0${storeId.applicationId}\0${storeId.recordingId}`;
  if (kind !== "chunk") return `${kind}\0${store}`;
  // All of a blueprint belongs together.
  if (storeId.kind === "blueprint") return `chunk\0${store}\0${chunkId?.incHi},${chunkId?.incLo}`;
  if (!isStatic || manifest === undefined) return undefined;
  const components = manifest.components.map(({ descriptor }) => descriptor.component).sort(compareText);
  return `static\0${store}\0${manifest.entityPath}\0${components.join("\0")}`;
}
