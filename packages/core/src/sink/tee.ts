import { BATCHER_PRESETS, mergeBatching, type BatcherConfig } from "../batch/batcher-config.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { Sink, SinkContext, SinkFlushOptions, SinkState, SinkStats } from "./sink.ts";
import { checkSinks } from "./check-sinks.ts";
import { SinkSlot } from "./sink-slot.ts";

/** All states, from best to worst. */
const STATES: readonly SinkState[] = ["open", "closed", "buffering", "connecting", "broken"];

/** The worst of several states; `open` if there are none. */
export function worstState(states: readonly SinkState[]): SinkState {
  return STATES[Math.max(0, ...states.map((state) => STATES.indexOf(state)))] as SinkState;
}

/**
 * Combines several sinks into one, for functions and other sinks that accept a single one; a recording does the same
 * for the sinks of `setSinks`.
 *
 * Each message goes to all sinks. A failure of one does not affect the others, unless it throws in `open`: then the
 * combination cannot be opened either. `flush` and `close` wait for all sinks, then reject with the first failure. The
 * state is the worst of all states, and the statistics are sums.
 *
 * @example
 * const both = rr.tee([new rr.MemorySink(), new rr.CallbackSink((rrd) => console.log(rrd.length))]);
 * await rec.setSink(both);
 */
export function tee(sinks: readonly Sink[]): Sink {
  return new Tee(sinks);
}

class Tee implements Sink {
  readonly kind = "tee";
  readonly key: string;
  readonly batching: BatcherConfig;
  readonly #sinks: readonly Sink[];
  #slots: readonly SinkSlot[] = [];

  constructor(sinks: readonly Sink[]) {
    checkSinks(sinks);
    this.#sinks = sinks;
    this.key = `tee:${sinks.map(({ key }) => key).join()}`;
    this.batching = sinks.length === 0 ? BATCHER_PRESETS.default : mergeBatching(sinks.map((sink) => sink.batching));
  }

  get isSynchronous(): boolean {
    return this.#slots.every((slot) => !slot.keepsMessages);
  }

  open(context: SinkContext): void {
    const slots: SinkSlot[] = [];
    try {
      for (const sink of this.#sinks) {
        const slot = new SinkSlot(sink, {
          applicationId: context.applicationId,
          recordingId: context.recordingId,
          flushRows: () => context.flushRows(),
          recycle: (payload) => context.recycle(payload),
          onState: (_, error) => context.onState(this.#state(slots), error),
          onDrop: (drop) => context.onDrop(drop),
          onWarning: (message) => context.onWarning(message),
        });
        slot.open();
        slots.push(slot);
      }
    } catch (error) {
      for (const slot of slots) void slot.close({}).catch(() => {});
      throw error;
    }
    // Slots queue messages while their sinks open, so the tee need not wait for them.
    this.#slots = slots;
  }

  send(message: EncodedMessage): void {
    for (const slot of this.#slots) slot.send(message);
  }

  async flush(options: SinkFlushOptions): Promise<void> {
    await settleAll(this.#slots.map((slot) => slot.flush(options)));
  }

  async close(options: SinkFlushOptions): Promise<void> {
    await settleAll(this.#slots.map((slot) => slot.close(options)));
  }

  closeSync(deadlineMs: number): void {
    for (const slot of this.#slots) slot.closeSync(deadlineMs);
  }

  stats(): SinkStats {
    const all = this.#slots.map((slot) => slot.stats());
    const sum = (key: "queuedBytes" | "sentBytes" | "droppedRows" | "droppedBytes" | "reconnects"): number =>
      all.reduce((total, stats) => total + stats[key], 0);
    return {
      kind: this.kind,
      state: this.#state(this.#slots),
      queuedBytes: sum("queuedBytes"),
      sentBytes: sum("sentBytes"),
      droppedRows: sum("droppedRows"),
      droppedBytes: sum("droppedBytes"),
      reconnects: sum("reconnects"),
      lastError: all.find(({ lastError }) => lastError !== undefined)?.lastError,
    };
  }

  #state(slots: readonly SinkSlot[]): SinkState {
    return worstState(slots.map(({ state }) => state));
  }
}

/** Waits for all promises, then rejects with the first failure in their order, if there is one. */
export async function settleAll(promises: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
