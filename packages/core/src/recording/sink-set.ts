import { BATCHER_PRESETS, mergeBatching, type BatcherConfig } from "../batch/batcher-config.ts";
import { describeValue } from "../describe-value.ts";
import { RerunError } from "../errors.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { SinkSlot } from "../sink/sink-slot.ts";
import type { MessageMemory, Sink, SinkContext, SinkFlushOptions, SinkState, SinkStats } from "../sink/sink.ts";
import { settleAll, worstState } from "../sink/tee.ts";

/** How one set of sinks gives way to another. */
export interface ReplaceOptions {
  /** Sends the rows that wait; the old sinks still get them. */
  readonly flushRows: () => void;
  /** Puts together what the new sinks are sent first, from what the old one held back. */
  readonly open: (backlog: readonly EncodedMessage[]) => readonly EncodedMessage[];
  /** How long the old sinks may take to close. */
  readonly closeOptions: SinkFlushOptions;
}

/** What became of a replacement. */
export interface SinkReplacement {
  /** Settles when the new sinks are open; rejects with the first failure, when all are open or have failed. */
  readonly opened: Promise<void>;
  /** Settles when the old sinks are closed; rejects with the first failure. */
  readonly closed: Promise<void>;
  /** The old sinks that did not stay. */
  readonly leaving: readonly SinkSlot[];
}

/** The sinks of a recording, and how one set of them gives way to another. */
export class SinkSet {
  #slots: readonly SinkSlot[] = [];
  readonly #makeContext: (sink: Sink) => SinkContext;

  constructor(makeContext: (sink: Sink) => SinkContext) {
    this.#makeContext = makeContext;
  }

  get sinks(): readonly Sink[] {
    return this.#slots.map(({ sink }) => sink);
  }

  get state(): SinkState {
    return worstState(this.#slots.map(({ state }) => state));
  }

  /** Whether some sink keeps messages after `send`. */
  get keepsMessages(): boolean {
    for (const slot of this.#slots) if (!slot.isSynchronous) return true;
    return false;
  }

  /** What the sinks want of the batcher. */
  get batching(): BatcherConfig {
    return this.#slots.length === 0
      ? BATCHER_PRESETS.default
      : mergeBatching(this.#slots.map(({ sink }) => sink.batching));
  }

  /** `memory`: where the message's memory is from, if it may be taken away. */
  send(message: EncodedMessage, memory?: MessageMemory): void {
    const alone = this.#slots.length === 1 ? memory : undefined;
    for (const slot of this.#slots) slot.send(message, alone);
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
      const slot = current.get(sink.key) ?? new SinkSlot(sink, this.#makeContext(sink));
      if (!current.has(sink.key)) opened.push(slot);
      return slot;
    });
    this.#releaseBroken(sinks);
    openAll(opened);
    flushRows();
    const leaving = this.#slots.filter((slot) => !next.includes(slot));
    // As in the native SDKs: only a sink that stood alone hands its messages on.
    const backlog = this.#slots.length === 1 ? (leaving[0]?.sink.takeBacklog?.() ?? []) : [];
    this.#slots = next;
    if (opened.length > 0) for (const message of open(backlog)) for (const slot of opened) slot.send(message);
    return {
      opened: settleAll(opened.map((slot) => slot.opened)),
      closed: settleAll(leaving.map((slot) => slot.close(closeOptions))),
      leaving,
    };
  }

  flush(options: SinkFlushOptions): Promise<void> {
    return settleAll(this.#slots.map((slot) => slot.flush(options)));
  }

  close(options: SinkFlushOptions): Promise<void> {
    return settleAll(this.#slots.map((slot) => slot.close(options)));
  }

  /** Closes the sinks that could not be finished later, when the event loop is gone. */
  closeBeforeExit(): Promise<void> {
    return settleAll(this.#slots.filter(({ sink }) => sink.needsEventLoop === true).map((slot) => slot.close({})));
  }

  closeSync(deadlineMs: number): void {
    for (const slot of this.#slots) slot.closeSync(deadlineMs);
  }

  stats(): SinkStats[] {
    return this.#slots.map((slot) => slot.stats());
  }

  /** A destination that failed is let go of before it is opened anew. */
  #releaseBroken(sinks: readonly Sink[]): void {
    const keys = new Set(sinks.map(({ key }) => key));
    for (const slot of this.#slots) if (!isUsable(slot) && keys.has(slot.sink.key)) slot.closeSync(0);
  }
}

function isUsable(slot: SinkSlot): boolean {
  return slot.state !== "broken" && slot.state !== "closed";
}

function checkSinks(sinks: readonly Sink[]): void {
  const expected = "an array of sinks, e.g. [new MemorySink()]";
  if (!Array.isArray(sinks))
    throw new RerunError("INVALID_ARGUMENT", `\`sinks\` must be ${expected}, got ${describeValue(sinks)}`, {
      argument: "sinks",
    });
  const keys = new Set<string>();
  for (const sink of sinks as readonly (Partial<Sink> | undefined)[]) {
    if (typeof sink?.send !== "function" || typeof sink.open !== "function" || typeof sink.key !== "string") {
      throw new RerunError("INVALID_ARGUMENT", `\`sinks\` must be ${expected}, got ${describeValue(sink)} among them`, {
        argument: "sinks",
      });
    }
    if (keys.has(sink.key)) {
      throw new RerunError("DUPLICATE_SINK", `\`sinks\` must be different destinations, got ${sink.key} twice`, {
        argument: "sinks",
      });
    }
    keys.add(sink.key);
  }
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
