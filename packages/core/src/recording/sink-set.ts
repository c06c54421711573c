import { BATCHER_PRESETS, mergeBatching, type BatcherConfig } from "../batch/batcher-config.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { checkSinks } from "../sink/check-sinks.ts";
import { SinkSlot } from "../sink/sink-slot.ts";
import type { Sink, SinkContext, SinkFlushOptions, SinkState, SinkStats } from "../sink/sink.ts";
import { settleAll, worstState } from "../sink/tee.ts";

/** Options of replacing one set of sinks by another. */
export interface ReplaceOptions {
  /** Sends the pending rows; the old sinks still receive them. */
  readonly flushRows: () => void;
  /** Puts together what the new sinks are sent first, from what the old one held back. */
  readonly open: (backlog: readonly EncodedMessage[]) => readonly EncodedMessage[];
  /** How long the old sinks may take to close. */
  readonly closeOptions: SinkFlushOptions;
}

/** The result of a replacement. */
export interface SinkReplacement {
  /** Settles when the new sinks are open; rejects with the first failure, when all are open or have failed. */
  readonly opened: Promise<void>;
  /** Settles when the old sinks are closed; rejects with the first failure. */
  readonly closed: Promise<void>;
  /** The old sinks that did not stay. */
  readonly leaving: readonly SinkSlot[];
}

/** The sinks of a recording. One set of them is replaced by another as a whole. */
export class SinkSet {
  #slots: readonly SinkSlot[] = [];
  readonly #createContext: (sink: Sink) => SinkContext;
  readonly #maxOpeningBytes: number;
  /** The sinks that the message which is being sent has not reached yet. */
  #unsent: Iterable<SinkSlot> = [];
  /** The sink that is being sent a message. */
  #sending: SinkSlot | undefined;

  /** @param maxOpeningBytes how much is kept for a sink while it opens */
  constructor(createContext: (sink: Sink) => SinkContext, maxOpeningBytes: number) {
    this.#createContext = createContext;
    this.#maxOpeningBytes = maxOpeningBytes;
  }

  get sinks(): readonly Sink[] {
    return this.#slots.map(({ sink }) => sink);
  }

  get state(): SinkState {
    return worstState(this.#slots.map(({ state }) => state));
  }

  /** Whether some sink still reads messages after `send`. */
  get keepsMessages(): boolean {
    return this.#slots.some((slot) => slot.keepsMessages);
  }

  /** Whether a single sink takes everything, with the memory. */
  get takesBuffers(): boolean {
    return this.#slots.length === 1 && this.#slots[0]?.takesBuffers === true;
  }

  /** What the sinks want of the batcher. */
  get batching(): BatcherConfig {
    return this.#slots.length === 0
      ? BATCHER_PRESETS.default
      : mergeBatching(this.#slots.map(({ sink }) => sink.batching));
  }

  /** Sends a message to all sinks. `isExclusive`: nobody but the sinks reads its memory, now or later. */
  send(message: EncodedMessage, isExclusive = false): void {
    const isAlone = isExclusive && this.#slots.length === 1;
    this.#unsent = this.#slots.values();
    for (const slot of this.#unsent) {
      this.#sending = slot;
      slot.send(message, isAlone);
    }
    this.#sending = undefined;
  }

  /**
   * Sends `message`, in whose `send` the process ends, to the sinks that it has not reached. The sink that it has reached
   * is sent nothing more: it may have ended the process itself.
   */
  sendRest(message: EncodedMessage): void {
    this.#sending?.interrupt();
    for (const slot of this.#unsent) slot.send(message);
  }

  /** Tells all sinks whether more messages follow before the call that logs returns. */
  expectMore(isMore: boolean): void {
    for (const slot of this.#slots) slot.expectMore(isMore);
  }

  /**
   * Lets `sinks` take over. A sink whose destination is in use already stays as it is. Throws, and changes
   * nothing, if a sink cannot be opened; else the swap is done before this returns.
   */
  replace(sinks: readonly Sink[], { flushRows, open, closeOptions }: ReplaceOptions): SinkReplacement {
    checkSinks(sinks);
    const current = new Map(this.#slots.filter(isUsable).map((slot) => [slot.sink.key, slot]));
    const opened: SinkSlot[] = [];
    const next = sinks.map((sink) => {
      const slot = current.get(sink.key) ?? new SinkSlot(sink, this.#createContext(sink), this.#maxOpeningBytes);
      if (!current.has(sink.key)) opened.push(slot);
      return slot;
    });
    const isAnyStale = this.#slots.some(({ sink }) => sink.isStale === true);
    this.#releaseUnusable(sinks);
    openAll(opened);
    for (const slot of opened) slot.start();
    // Pending rows would be lost with a destination that no longer exists: the new sinks receive them.
    if (!isAnyStale) flushRows();
    const leaving = this.#slots.filter((slot) => !next.includes(slot));
    // As in the native SDKs: only a sink that stood alone hands its messages on.
    const backlog = this.#slots.length === 1 ? (leaving[0]?.takeBacklog() ?? []) : [];
    this.#slots = next;
    if (opened.length > 0) for (const message of open(backlog)) for (const slot of opened) slot.sendBacklog(message);
    return {
      opened: settleAll(opened.map((slot) => slot.opened)),
      closed: settleAll(leaving.map((slot) => slot.close(closeOptions))),
      leaving,
    };
  }

  flush(options: SinkFlushOptions): Promise<void> {
    return settleAll(this.#slots.map((slot) => slot.flush(options)));
  }

  /** Closes all sinks. `onFailure` is called with each failure, and may throw it to make it that of the call. */
  close(options: SinkFlushOptions, onFailure: (error: Error) => void): Promise<void> {
    return settleAll(this.#slots.map((slot) => slot.close(options).catch(onFailure)));
  }

  /** Closes the sinks that cannot be closed once the event loop has ended. */
  closeBeforeExit(): Promise<void> {
    return settleAll(this.#slots.filter(({ sink }) => sink.needsEventLoop === true).map((slot) => slot.close({})));
  }

  /** Lets all sinks start to finish, those with a thread of their own at the same time. */
  beginClose(deadlineMs: number): void {
    for (const slot of this.#slots) slot.beginClose(deadlineMs);
  }

  /** Closes the sinks for which nobody has to wait. */
  closeQuickly(): void {
    for (const slot of this.#slots) if (slot.sink.needsEventLoop !== true) slot.closeSync(0);
  }

  /** Closes all sinks before it returns, at `deadline` on the clock of `performance.now` at the latest. */
  closeSync(deadline: number): void {
    for (const slot of this.#slots) slot.closeSync(Math.max(0, deadline - performance.now()));
  }

  stats(): SinkStats[] {
    return this.#slots.map((slot) => slot.stats());
  }

  /** A destination that failed or no longer exists is closed before it is opened again. */
  #releaseUnusable(sinks: readonly Sink[]): void {
    const keys = new Set(sinks.map(({ key }) => key));
    for (const slot of this.#slots) if (!isUsable(slot) && keys.has(slot.sink.key)) slot.closeSync(0);
  }
}

function isUsable({ state, sink }: SinkSlot): boolean {
  return state !== "broken" && state !== "closed" && sink.isStale !== true;
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
