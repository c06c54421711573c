import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";

/** A message that was passed on. */
interface Passed {
  readonly message: EncodedMessage;
  /** Whether the store has removed the message. If the sink loses it too, the message is lost. */
  isRemoved: boolean;
  /** Number of messages with the same key in flight: this one is the newest. */
  readonly count: number;
}

/**
 * The retained state on its way through a spool: pending messages by their retention keys, and messages that were
 * passed on and are not acknowledged.
 */
export class RetainedQueue {
  readonly #waiting = new Map<string, EncodedMessage>();
  readonly #passed = new Map<string, Passed>();
  #bytes = 0;

  /** The number of messages that were not passed on, and their bytes. */
  get size(): number {
    return this.#waiting.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a message, which replaces a pending one with the same key. */
  add(key: string, message: EncodedMessage): void {
    this.#forget(key);
    this.#waiting.set(key, message);
    this.#bytes += message.payload.byteLength;
  }

  /** Takes the oldest message to pass it on. */
  take(): [key: string, message: EncodedMessage] | undefined {
    const [next] = this.#waiting;
    if (next === undefined) return undefined;
    const [key, message] = next;
    this.#forget(key);
    this.#passed.set(key, { message, isRemoved: false, count: 1 + (this.#passed.get(key)?.count ?? 0) });
    return next;
  }

  acknowledge(key: string): void {
    const passed = this.#passed.get(key);
    if (passed === undefined || passed.count === 1) this.#passed.delete(key);
    else this.#passed.set(key, { ...passed, count: passed.count - 1 });
  }

  /** Notes that the store has removed a message. Returns the message if it is lost now. */
  remove(key: string, hasLost: boolean): EncodedMessage | undefined {
    const waiting = this.#forget(key);
    if (waiting !== undefined) return waiting;
    const passed = this.#passed.get(key);
    if (passed === undefined) return undefined;
    if (hasLost) this.#passed.delete(key);
    passed.isRemoved = true;
    return hasLost ? passed.message : undefined;
  }

  /**
   * Notes that the sink has lost the messages passed on. Returns those that the store has removed too: they are lost.
   */
  endFlight(): readonly EncodedMessage[] {
    const removed = [...this.#passed.values()].filter(({ isRemoved }) => isRemoved);
    this.#passed.clear();
    return removed.map(({ message }) => message);
  }

  #forget(key: string): EncodedMessage | undefined {
    const before = this.#waiting.get(key);
    if (before === undefined) return undefined;
    this.#bytes -= before.payload.byteLength;
    this.#waiting.delete(key);
    return before;
  }
}
