import { isPromise } from "../async/is-promise.ts";
import { throughProxies } from "../checks/through-proxies.ts";
import type { BatcherConfig } from "../batch/batcher-config.ts";
import { highestCost, type ByteCost } from "../bytes/byte-cost.ts";
import { ChangeSignal } from "../async/change-signal.ts";
import { RerunError } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { checkUnclaimed, claimSink } from "../sink/claim-sink.ts";
import { describeIgnored, differingOptions } from "../sink/differing-options.ts";
import { SinkStatus } from "../sink/sink-status.ts";
import type {
  CompleteSink,
  RecordingSink,
  RecordingSinkContext,
  SinkFlushOptions,
  SinkState,
  SinkStats,
  SinkTakeover,
} from "../sink/sink.ts";
import { takeOver } from "../sink/take-over.ts";
import { waitWithProgress } from "../transport/wait-with-progress.ts";
import { SpoolForwarder, type SegmentReader } from "./spool-forwarder.ts";
import type { EvictedFromSpool, SpoolStore } from "./spool-store.ts";

/** The longest wait for a connection at the end of a program. The store holds unsent data for the next program. */
const CONNECT_MS = 2000;
/** Interval at which the sink is asked to connect while a caller waits. */
const RETRY_MS = 1000;

/**
 * A sink in front of a sink for servers. It stores all messages in a {@link SpoolStore} until the server has
 * acknowledged them. While the server keeps up, messages are also passed on immediately. When the window is full, they
 * are only stored, and read again when there is room. This bounds memory and preserves the order. {@link
 * SpoolForwarder} does this work. This class adds the states, the waits and the reports.
 */
export class SpoolSink implements CompleteSink {
  readonly kind = "spool";
  readonly key: string;
  readonly batching: Partial<BatcherConfig> | undefined;
  readonly needsEventLoop = true;
  readonly isLossless = true;
  readonly keepsBacklogOnFailure = true;
  readonly takesBuffers: boolean;
  readonly byteCost: ByteCost;
  readonly isSynchronous = false;
  readonly isReady = false;
  readonly parts = undefined;
  readonly place: string;
  readonly #sink: RecordingSink;
  readonly #store: SpoolStore;
  readonly #forwarder: SpoolForwarder;
  readonly #options: object;
  readonly #status: SinkStatus;
  #context: RecordingSinkContext | undefined;
  /** Counts rows of earlier programs' segments, which is slower than their removal: `close` waits for it. */
  #counting: Promise<unknown> = Promise.resolve();
  readonly #changes = new ChangeSignal();
  /** Whether the first attempt to connect may still succeed in time. */
  #mayStillConnect = true;
  #isEnding = false;
  #storeError: RerunError | undefined;
  /** The failure to store data since the last flush. */
  #loss: RerunError | undefined;

  /** @param options distinguish two spools at one place */
  constructor(sink: RecordingSink, store: SpoolStore, read: SegmentReader, options: object = {}) {
    throughProxies(this);
    this.#options = options;
    this.#sink = sink;
    this.#store = store;
    this.#status = new SinkStatus("spool");
    this.place = `spool:${store.key}`;
    this.key = `${this.place}:${sink.key}`;
    this.batching = sink.batching;
    this.byteCost = highestCost(["stored", sink.byteCost]);
    this.takesBuffers = store.isSynchronous && sink.takesBuffers === true;
    this.#forwarder = new SpoolForwarder(sink, store, read, this.takesBuffers, {
      onDrop: (dropped) => this.#countDrop(dropped),
      onRetainedDrop: (message) => this.#status.drop(message, "queue-full"),
      onRelease: (payload) => {
        if (this.takesBuffers) this.#context?.recycle(payload);
      },
      onProgress: () => this.#changes.notify(),
      onWarning: (message) => this.#status.warn(message),
    });
  }

  get isStale(): boolean {
    return this.#sink.isStale === true;
  }

  open(context: RecordingSinkContext): void | Promise<void> {
    checkUnclaimed(this.#sink);
    this.#status.attach(context);
    this.#context = context;
    const opened = this.#store.open({
      onFound: (bytes) => this.#forwarder.addFound(bytes),
      onUnstored: ({ id, ...unstored }) =>
        this.#forwarder.remove({ ...unstored, firstId: id, lastId: id, reason: "queue-full" }),
      onEvicted: (evicted) => this.#forwarder.remove(evicted),
      onWarning: (message) => this.#status.warn(message),
      onFailure: (error) => this.#onStoreFailure(error),
      onWorking: () => (this.#storeError = undefined),
    });
    if (isPromise(opened)) return opened.then(() => this.#openSink(context));
    return this.#openSink(context);
  }

  start(): void {
    this.#sink.start?.();
    this.#forwarder.pump();
  }

  send(message: EncodedMessage): void {
    if (this.#status.state === "closed" || this.#isEnding) return this.#status.drop(message, "closed");
    // If the sink is broken, the store keeps the data for the next program.
    this.#forwarder.send(message);
  }

  /** Only the limit of the store applies. */
  sendBacklog(message: EncodedMessage): void {
    this.send(message);
  }

  expectMore(isMore: boolean): void {
    this.#sink.expectMore?.(isMore);
  }

  /** Settles when all data is stored or acknowledged. With `ack`, settles when all data is acknowledged. */
  async flush({ ack = false, timeoutMs }: SinkFlushOptions): Promise<void> {
    if (this.#status.state === "closed") return;
    await this.#store.flush();
    const failure = this.#storeError ?? this.#loss;
    this.#loss = undefined;
    // Data that could not be stored may have reached the server nevertheless.
    if (failure !== undefined && !this.#forwarder.isDelivered) throw failure;
    if (!ack) return;
    this.#status.throwIfBroken();
    if (!(await this.#delivered(timeoutMs, timeoutMs)))
      throw new RerunError("TIMEOUT", this.#describeRest("timed out sending"));
  }

  /** Sends as much as possible in time. The rest stays in the store for the next program. */
  async close({ timeoutMs = Infinity }: SinkFlushOptions): Promise<void> {
    if (this.#status.state === "closed") return;
    this.#isEnding = true;
    await this.#store.flush();
    const timer = setTimeout(() => {
      this.#mayStillConnect = false;
      this.#changes.notify();
    }, CONNECT_MS);
    // Leaves some time for closing the store.
    await this.#delivered(timeoutMs * 0.9);
    clearTimeout(timer);
    const isEmpty = this.#forwarder.isDelivered;
    await this.#sink.close({ timeoutMs: 0 }).catch(() => {});
    this.#onSinkLost();
    await this.#forwarder.settled;
    await this.#store.close(isEmpty);
    await this.#counting;
    this.#end(isEmpty);
    if (this.#storeError !== undefined && !isEmpty) throw this.#storeError;
  }

  retry(): void {
    this.#sink.retry?.();
  }

  beginClose(deadlineMs: number): void {
    if (this.#canDeliver) this.#sink.beginClose?.(deadlineMs);
  }

  closeSync(deadlineMs: number): void {
    if (this.#status.state === "closed") return;
    this.#isEnding = true;
    const { hasPassedAll } = this.#forwarder;
    this.#sink.closeSync?.(this.#canDeliver ? deadlineMs : 0, CONNECT_MS);
    const isEmpty =
      this.#forwarder.isDelivered || (hasPassedAll && this.#sink.closeSync !== undefined && !this.#forwarder.hasLost);
    this.#store.closeSync?.(isEmpty);
    this.#end(isEmpty);
  }

  /** Keeps no backlog: all messages are in the store, for the next sink that uses it. */
  takeBacklog(): EncodedMessage[] {
    return [];
  }

  takeOver(other: RecordingSink): SinkTakeover | undefined {
    if (!(other instanceof SpoolSink)) return {};
    const takeover = takeOver(this.#sink, other.#sink);
    const notice = describeIgnored(this, differingOptions(this.#options, other.#options));
    return takeover && { ...takeover, notice: notice ?? takeover.notice };
  }

  stats(): SinkStats {
    this.#status.queuedBytes = this.#forwarder.queuedBytes;
    this.#status.sentBytes = this.#forwarder.progress.acknowledgedBytes;
    const { reconnects, lastError } = this.#sink.stats();
    this.#status.reconnects = reconnects;
    this.#status.lastError = this.#storeError ?? lastError ?? this.#status.lastError;
    return this.#status.stats();
  }

  /** Whether there is a connection, or the first attempt is still in progress. */
  get #canDeliver(): boolean {
    return (
      !this.#forwarder.hasLost &&
      (this.#isConnected || (this.#mayStillConnect && this.#sink.stats().lastError === undefined))
    );
  }

  get #isConnected(): boolean {
    return this.#sink.stats().state === "open";
  }

  #openSink(context: RecordingSinkContext): void | Promise<void> {
    claimSink(this.#sink);
    return this.#sink.open({
      applicationId: context.applicationId,
      recordingId: context.recordingId,
      flushRows: () => context.flushRows(),
      recycle: (payload) => {
        if (this.takesBuffers) context.recycle(payload);
      },
      onState: (state, error) => this.#onSinkState(state, error),
      // Data that the server rejects by itself is done with. Other dropped messages are stored, and the next program
      // sends them, so nothing is lost.
      onDrop: (drop) => {
        if (drop.reason === "rejected") this.#status.countDrop(drop);
        else this.#onSinkLost();
      },
      onWarning: (message, code) => {
        if (!this.#isEnding) this.#status.warn(message, code);
      },
    });
  }

  #onSinkState(state: SinkState, error: RerunError | undefined): void {
    if (state === "open") this.#forwarder.resume();
    if (state === "broken") this.#onSinkLost();
    this.#changes.notify();
    if (this.#status.state === "closed" || this.#isEnding || state === "closed") return;
    this.#status.change(state, error);
    // A failed attempt to connect is not a change of state.
    if (error !== undefined && state === "connecting") this.#context?.onState(state, error);
    this.#forwarder.pump();
  }

  #onSinkLost(): void {
    this.#forwarder.lose();
    this.#changes.notify();
  }

  #countDrop({ rows, bytes, reason }: EvictedFromSpool): void {
    const count = (sum: number): void => this.#status.countDrop({ rows: sum, bytes, reason });
    if (typeof rows === "number") count(rows);
    else this.#counting = Promise.all([this.#counting, rows.then(count)]);
  }

  #onStoreFailure(error: RerunError): void {
    this.#storeError = this.#loss = error;
    this.#status.lastError = error;
    this.#context?.onState(this.#status.state, error);
    this.#status.warn(`${error.message}; until that works, data that the server does not take is dropped`, error.code);
  }

  /** Waits until everything was acknowledged, for as long as there is progress and a connection is possible. */
  async #delivered(timeoutMs?: number, stallMs?: number): Promise<boolean> {
    const wait = { isOver: false };
    const retries = setInterval(() => this.#sink.retry?.(), RETRY_MS);
    const work = async (): Promise<void> => {
      while (
        !this.#forwarder.isDelivered &&
        !wait.isOver &&
        (!this.#isEnding || this.#canDeliver) &&
        !this.#forwarder.hasLost
      )
        await this.#changes.wait();
    };
    await waitWithProgress(work(), () => this.#forwarder.progress.acknowledgedBytes, timeoutMs, stallMs);
    clearInterval(retries);
    wait.isOver = true;
    this.#changes.notify();
    return this.#forwarder.isDelivered;
  }

  #describeRest(what: string): string {
    return `${what}; ${this.stats().queuedBytes} bytes are kept in the spool, and sent when the server is reachable`;
  }

  #end(isEmpty: boolean): void {
    if (!isEmpty && this.stats().queuedBytes > 0) this.#status.warn(this.#describeRest("closed before all was sent"));
    this.#forwarder.close();
    this.#status.change("closed");
  }
}
