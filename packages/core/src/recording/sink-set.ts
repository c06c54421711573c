import { mergeBatching, type BatcherConfig } from "../batch/batcher-config.ts";
import { highestCost, type ByteCost } from "../bytes/byte-cost.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { checkSinks } from "../sink/check-sinks.ts";
import { checkUnclaimed } from "../sink/claim-sink.ts";
import { worstState } from "../sink/combined-stats.ts";
import { DiscardingSink } from "../sink/discarding-sink.ts";
import { SinkSlot } from "../sink/sink-slot.ts";
import type {
  RecordingSink,
  RecordingSinkContext,
  Sink,
  SinkFlushOptions,
  SinkState,
  SinkStats,
  SinkTakeover,
} from "../sink/sink.ts";
import { takeOver } from "../sink/take-over.ts";
import { settleAll } from "../async/settle-all.ts";

/** Options of replacing one set of sinks by another. */
export interface ReplaceOptions {
  /** Sends the pending rows, which the old sinks still receive. */
  readonly flushRows: () => void;
  /** Called with the new sinks in place. Calls its argument, and sends rows that are logged meanwhile afterwards. */
  readonly sendInOrder: (send: () => void) => void;
  /** Composes the first messages for the new sinks, from the backlog of the old one. */
  readonly open: (backlog: readonly EncodedMessage[]) => readonly EncodedMessage[];
  /** Longest time that the old sinks may take to close. */
  readonly closeOptions: SinkFlushOptions;
}

/** Creates the context of each sink. */
export interface SinkContexts {
  /** The context of a sink. Calls `onDropped` with the rows of each drop before reporting it. */
  contextOf(sink: RecordingSink, onDropped: (rows: number) => void): RecordingSinkContext;
}

/** The result of a replacement. */
export interface SinkReplacement {
  /**
   * Settles when the new sinks are open. If some fail, rejects with the first failure once all are open or have failed.
   */
  readonly opened: Promise<void>;
  /** Settles when the old sinks are closed. Rejects with the first failure. */
  readonly closed: Promise<void>;
  /** The old sinks that did not stay. */
  readonly leaving: readonly SinkSlot[];
}

/**
 * The sinks of a recording, which are replaced as a whole. Replaced sinks belong to the set until they are closed: they
 * are flushed and closed with the others, and counted.
 */
export class SinkSet {
  #slots: readonly SinkSlot[] = [];
  /** Sinks that were replaced, and are closing. */
  readonly #leaving = new Set<SinkSlot>();
  /** Rows dropped by sinks that were replaced, and are closed. */
  #droppedBefore = 0;
  readonly #contexts: SinkContexts;
  readonly #maxOpeningBytes: number;
  readonly #onClosed: () => void;
  /** The sinks that the message which is being sent has not reached yet. */
  unsent: Iterable<SinkSlot> = [];
  /** The sink that is being sent a message. */
  sending: SinkSlot | undefined;

  /**
   * @param maxOpeningBytes the maximum size of the messages that wait for a sink to open
   * @param onClosed is called when a replaced sink is closed
   */
  constructor(contexts: SinkContexts, maxOpeningBytes: number, onClosed: () => void) {
    this.#contexts = contexts;
    this.#maxOpeningBytes = maxOpeningBytes;
    this.#onClosed = onClosed;
  }

  get sinks(): readonly RecordingSink[] {
    return this.#slots.map(({ sink }) => sink);
  }

  get state(): SinkState {
    return worstState(this.#slots.map(({ state }) => state));
  }

  /** Whether no sink sends or stores anything: data is buffered for the next sink, or dropped. */
  get isOnHold(): boolean {
    return this.#slots.every(({ sink }) => isOnHold(sink));
  }

  /** Whether there are sinks that must be closed before the program ends. */
  get isLive(): boolean {
    return this.all.some(({ sink, isOver }) => !isOver && !isOnHold(sink));
  }

  /** Rows that were dropped so far, also by sinks that are closed. */
  get droppedRows(): number {
    return this.all.reduce((sum, slot) => sum + slot.stats().droppedRows, this.#droppedBefore);
  }

  /** Rows that the current sinks have dropped although they should have delivered them. */
  get lostRows(): number {
    const delivering = this.all.filter(({ sink }) => sink.isLossless === true);
    return delivering.reduce((sum, slot) => sum + slot.stats().droppedRows, 0);
  }

  /** All sinks that are not closed: the current ones, followed by replaced ones. */
  get all(): readonly SinkSlot[] {
    return [...this.#slots, ...this.#leaving];
  }

  /** Whether some sink still reads messages after `send`. */
  get keepsMessages(): boolean {
    return this.#slots.some((slot) => slot.keepsMessages);
  }

  /** Whether a single sink takes everything, with the memory. */
  get takesBuffers(): boolean {
    return this.#slots.length === 1 && this.#slots[0]?.takesBuffers === true;
  }

  /** The cost of a byte at the dearest destination: a message is encoded once for all. */
  get byteCost(): ByteCost {
    return highestCost(this.#slots.map(({ sink }) => sink.byteCost));
  }

  /** Batching that the sinks prefer. */
  get batching(): BatcherConfig {
    return mergeBatching(this.#slots.map(({ sink }) => sink.batching));
  }

  /** Sends a message to all sinks. `isExclusive`: only the sinks read its memory, now or later. */
  send(message: EncodedMessage, isExclusive = false): void {
    const isAlone = isExclusive && this.#slots.length === 1;
    this.unsent = this.#slots.values();
    for (const slot of this.unsent) {
      this.sending = slot;
      slot.send(message, isAlone);
    }
    this.sending = undefined;
  }

  /** Notifies all sinks whether more messages follow before the logging call returns. */
  expectMore(isMore: boolean): void {
    for (const slot of this.#slots) slot.expectMore(isMore);
  }

  /**
   * Replaces the sinks. A sink whose destination is already in use stays, and adopts new options as far as possible. If
   * a sink cannot be opened, throws and changes nothing. Otherwise the new sinks are set before this method returns.
   */
  replace(sinks: readonly Sink[], { flushRows, sendInOrder, open, closeOptions }: ReplaceOptions): SinkReplacement {
    const parts = checkSinks(sinks);
    const inUse = new Map(this.#slots.filter(isUsable).map((slot) => [slot.sink.key, slot]));
    const takeovers: [SinkSlot, SinkTakeover][] = [];
    const next = (parts.length === 0 ? [new DiscardingSink()] : parts).map((sink) => {
      const slot = inUse.get(sink.key);
      const takeover = slot && takeOver(slot.sink, sink);
      if (slot === undefined || takeover === undefined) {
        checkUnclaimed(sink);
        const countLate = (rows: number): void => {
          if (added.hasLeft) this.#droppedBefore += rows;
        };
        const added = new SinkSlot(sink, this.#contexts.contextOf(sink, countLate), this.#maxOpeningBytes);
        return added;
      }
      takeovers.push([slot, takeover]);
      return slot;
    });
    const opened = next.filter((slot) => !this.#slots.includes(slot));
    const isAnyStale = this.#slots.some(({ sink }) => sink.isStale === true);
    const waiting = new Map(opened.map((slot) => [slot, this.#vacate(slot, next)]));
    const ready = opened.filter((slot) => waiting.get(slot)?.length === 0);
    openAll(ready);
    for (const slot of ready) slot.start();
    // If a destination no longer exists, pending rows would be lost with it, so the new sinks receive them.
    if (!isAnyStale) flushRows();
    const leaving = this.#slots.filter((slot) => !next.includes(slot));
    // As in the native SDKs, only a single sink passes its messages to the next ones.
    const backlog = this.#slots.length === 1 ? (leaving[0]?.takeBacklog() ?? []) : [];
    this.#slots = next;
    for (const [slot, previous] of waiting) if (previous.length > 0) slot.open(previous);
    const messages = opened.length > 0 ? open(backlog) : [];
    for (const slot of opened) slot.queueBacklog(messages);
    sendInOrder(() => {
      for (const slot of opened) slot.sendQueued();
    });
    const closed = settleAll(leaving.map((slot) => this.#leave(slot, closeOptions)));
    for (const [slot, takeover] of takeovers) {
      takeover.apply?.();
      if (takeover.notice !== undefined) slot.context.onWarning(takeover.notice);
    }
    return { opened: settleAll(opened.map((slot) => slot.opened)), closed, leaving };
  }

  /** Settles when everything was sent, also by sinks that were replaced. */
  flush(options: SinkFlushOptions): Promise<void> {
    const leaving = [...this.#leaving].map((slot) => slot.close({}));
    return settleAll([...this.#slots.map((slot) => slot.flush(options)), ...leaving]);
  }

  /**
   * Closes all sinks. Calls `onFailure` with each failure. If `onFailure` throws, the promise rejects with that error.
   */
  close(options: SinkFlushOptions, onFailure: (error: Error) => void): Promise<void> {
    return settleAll(this.all.map((slot) => slot.close(options).finally(this.#onClosed).catch(onFailure)));
  }

  /** The statistics of the sinks, including replaced ones that are still sending. */
  stats(): SinkStats[] {
    const leaving = [...this.#leaving].filter(({ state }) => state !== "closed");
    return [...this.#slots, ...leaving].map((slot) => slot.stats());
  }

  /** Closes a replaced sink, which belongs to the recording until it is closed. */
  async #leave(slot: SinkSlot, options: SinkFlushOptions): Promise<void> {
    this.#leaving.add(slot);
    try {
      await slot.close(options);
    } finally {
      this.#leaving.delete(slot);
      slot.hasLeft = true;
      this.#droppedBefore += slot.stats().droppedRows;
      this.#onClosed();
    }
  }

  /**
   * Closes previous sinks that block a new one, if they can be closed immediately: sinks that have failed, and sinks at
   * the same place. Returns the others, for which the new sink must wait.
   */
  #vacate({ sink: { key, place } }: SinkSlot, next: readonly SinkSlot[]): readonly SinkSlot[] {
    return this.all.filter((other) => {
      const { sink } = other;
      // A sink that has written everything may still work on its file, such as to optimize it.
      const isClosing = this.#leaving.has(other) && other.state === "closed" && sink.needsEventLoop === true;
      const isFailed = !isUsable(other) && !isClosing;
      const isInTheWay = (place !== undefined && sink.place === place) || (sink.key === key && isFailed);
      if (!isInTheWay || next.includes(other)) return false;
      if (isFailed || sink.needsEventLoop !== true) other.makeWay();
      return !other.isOver;
    });
  }
}

/** Whether a sink is using its destination, so that another sink for it would be a duplicate. */
function isUsable({ state, sink }: SinkSlot): boolean {
  return state !== "broken" && state !== "closed" && sink.isStale !== true;
}

function isOnHold({ kind }: RecordingSink): boolean {
  return kind === "buffering" || kind === "none";
}

/** Opens all, or none. */
function openAll(slots: readonly SinkSlot[]): void {
  for (const [index, slot] of slots.entries()) {
    try {
      slot.open();
    } catch (error) {
      for (const other of slots.slice(0, index)) void other.close({}).catch(() => {});
      throw error;
    }
  }
}
