import { BATCHER_PRESETS, mergeBatching, type BatcherConfig } from "../batch/batcher-config.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { Sink, SinkContext, SinkFlushOptions, SinkState, SinkStats } from "./sink.ts";
import { SinkSlot } from "./sink-slot.ts";

/** From best to worst. */
const STATES: readonly SinkState[] = ["open", "closed", "buffering", "connecting", "broken"];

/** The worst of several states. */
export function worstState(states: readonly SinkState[]): SinkState {
  return STATES[Math.max(0, ...states.map((state) => STATES.indexOf(state)))] as SinkState;
}

/**
 * One sink of several: each message goes to all of them, and the failure of one leaves the others alone.
 * A recording does the same for the sinks of `setSinks`; this is for use inside other sinks.
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
    this.#sinks = sinks;
    this.key = `tee:${sinks.map(({ key }) => key).join()}`;
    this.batching = sinks.length === 0 ? BATCHER_PRESETS.default : mergeBatching(sinks.map((sink) => sink.batching));
  }

  get isSynchronous(): boolean {
    return this.#slots.every((slot) => slot.isSynchronous);
  }

  open(context: SinkContext): void {
    const slots: SinkSlot[] = [];
    try {
      for (const sink of this.#sinks) {
        const slot = new SinkSlot(sink, {
          applicationId: context.applicationId,
          recordingId: context.recordingId,
          flushRows: () => context.flushRows(),
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
    // Slots keep what comes while their sinks open: nothing needs to wait here.
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

/** Waits for all; then rejects with the first failure, if there was one. */
export async function settleAll(promises: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
