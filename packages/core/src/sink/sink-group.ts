import { throughProxies } from "../checks/through-proxies.ts";
import { DEFAULT_BATCHING, mergeBatching, type BatcherConfig } from "../batch/batcher-config.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { highestCost, type ByteCost } from "../bytes/byte-cost.ts";
import { settleAll } from "../async/settle-all.ts";
import { combinedStats } from "./combined-stats.ts";
import { takeOver } from "./take-over.ts";
import type {
  CompleteSink,
  RecordingSink,
  RecordingSinkContext,
  SinkFlushOptions,
  SinkStats,
  SinkTakeover,
} from "./sink.ts";
import { beginClose, SinkSlot } from "./sink-slot.ts";

/**
 * One or several sinks as one sink, which passes on every duty of theirs. A subclass opens them and puts their slots in
 * place.
 */
export abstract class SinkGroup implements CompleteSink {
  readonly kind: string;
  readonly batching: Partial<BatcherConfig>;
  readonly needsEventLoop: boolean;
  readonly isLossless: boolean;
  readonly keepsBacklogOnFailure: boolean;
  /** A single sink may take the memory itself. Several sinks need copies, which their slots make. */
  readonly takesBuffers: boolean;
  readonly byteCost: ByteCost;
  readonly parts: readonly RecordingSink[] | undefined = undefined;
  readonly place: string | undefined = undefined;
  protected slots: readonly SinkSlot[] = [];
  readonly #key: string;

  /** @param sinks the sinks of the group, as far as they are known. The group combines their preferences */
  constructor(kind: string, key: string, sinks: readonly RecordingSink[]) {
    throughProxies(this);
    this.kind = kind;
    this.#key = key;
    this.batching = sinks.length === 0 ? DEFAULT_BATCHING : mergeBatching(sinks.map((sink) => sink.batching));
    this.byteCost = highestCost(sinks.map((sink) => sink.byteCost));
    this.needsEventLoop = sinks.some((sink) => sink.needsEventLoop === true);
    this.isLossless = sinks.some((sink) => sink.isLossless === true);
    this.takesBuffers = sinks.length === 1 && sinks[0]?.takesBuffers === true;
    this.keepsBacklogOnFailure = sinks.some((sink) => sink.keepsBacklogOnFailure === true);
  }

  get key(): string {
    return this.#key;
  }

  get isSynchronous(): boolean {
    return this.slots.every((slot) => !slot.keepsMessages);
  }

  get isReady(): boolean {
    return this.slots.length > 0 && this.slots.every((slot) => slot.isReady);
  }

  get isStale(): boolean {
    return this.slots.some(({ sink }) => sink.isStale === true);
  }

  abstract open(context: RecordingSinkContext): void | Promise<void>;

  /** Opens sinks, and sets their slots. If a sink throws, closes the others and rethrows the error. */
  protected openSlots(sinks: readonly RecordingSink[], context: RecordingSinkContext): void {
    const slots: SinkSlot[] = [];
    try {
      for (const sink of sinks) {
        const slot = new SinkSlot(sink, {
          applicationId: context.applicationId,
          recordingId: context.recordingId,
          flushRows: () => context.flushRows(),
          sendInOrder: (send) => (context.sendInOrder === undefined ? send() : context.sendInOrder(send)),
          recycle: (payload) => context.recycle(payload),
          copy: (payload) => context.copy?.(payload) ?? payload.slice(),
          onState: (_, error) => context.onState(this.stats().state, error),
          onDrop: (drop) => context.onDrop(drop),
          onWarning: (message, code) => context.onWarning(message, code),
        });
        slot.open();
        slots.push(slot);
      }
    } catch (error) {
      for (const slot of slots) void slot.close({}).catch(() => {});
      throw error;
    }
    // Slots queue messages while their sinks open, so the group need not wait for them.
    this.slots = slots;
  }

  start(): void {
    for (const slot of this.slots) slot.start();
  }

  send(message: EncodedMessage): void {
    for (const slot of this.slots) slot.send(message, this.takesBuffers);
  }

  sendBacklog(message: EncodedMessage): void {
    for (const slot of this.slots) slot.sendBacklog(message, this.takesBuffers);
  }

  expectMore(isMore: boolean): void {
    for (const slot of this.slots) slot.expectMore(isMore);
  }

  async flush(options: SinkFlushOptions): Promise<void> {
    await settleAll(this.slots.map((slot) => slot.flush(options)));
  }

  async close(options: SinkFlushOptions): Promise<void> {
    await settleAll(this.slots.map((slot) => slot.close(options)));
  }

  retry(): void {
    for (const { sink } of this.slots) sink.retry?.();
  }

  beginClose(deadlineMs: number): void {
    for (const slot of this.slots) beginClose(slot, deadlineMs);
  }

  closeSync(deadlineMs: number, connectMs?: number): void {
    const end = performance.now() + deadlineMs;
    this.beginClose(deadlineMs);
    for (const slot of this.slots) if (slot.sink.needsEventLoop !== true) slot.closeSync(0);
    for (const slot of this.slots) slot.closeSync(Math.max(0, end - performance.now()), connectMs);
  }

  takeBacklog(): EncodedMessage[] {
    return this.slots.length === 1 ? (this.slots[0]?.takeBacklog() ?? []) : [];
  }

  takeOver(other: RecordingSink): SinkTakeover | undefined {
    const [slot] = this.slots;
    const ofOther = other instanceof SinkGroup ? other.slots[0]?.sink : other;
    if (this.slots.length !== 1 || slot === undefined || ofOther === undefined) return {};
    return takeOver(slot.sink, ofOther);
  }

  stats(): SinkStats {
    return combinedStats(
      this.kind,
      this.slots.map((slot) => slot.stats()),
    );
  }
}
