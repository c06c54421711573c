import type { BatcherConfig } from "../batch/batcher-config.ts";
import { RerunError, messageOf } from "../errors.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { checkUnclaimed, claimSink } from "../sink/claim-sink.ts";
import { describeIgnored, differingOptions } from "../sink/differing-options.ts";
import { retentionKey } from "../sink/retained-messages.ts";
import { SinkStatus } from "../sink/sink-status.ts";
import type {
  CompleteSink,
  Sink,
  SinkContext,
  SinkFlushOptions,
  SinkState,
  SinkStats,
  SinkTakeover,
} from "../sink/sink.ts";
import { takeOver } from "../sink/take-over.ts";
import { waitWithProgress } from "../transport/wait-with-progress.ts";
import { Flight } from "./flight.ts";
import { RetainedFlight } from "./retained-flight.ts";
import type { EvictedFromSpool, SpoolSegment, SpoolStore, UnstoredMessage } from "./spool-store.ts";

/** Time that the end of a program waits for a connection: unsent data is kept. */
const CONNECT_MS = 2000;

/** Reads the messages of a stored segment; loaded when there is one to be read. */
export type SegmentReader = (rrd: Uint8Array) => EncodedMessage[] | Promise<EncodedMessage[]>;

/**
 * A sink in front of a sink for servers: everything goes through a {@link SpoolStore}, and leaves it when the server
 * has acknowledged it. While the server keeps up, messages are passed on as they come. When more is in flight than the
 * window allows, they are only stored, and read again when there is room: so memory is bounded, and the order is kept.
 */
export class SpoolSink implements CompleteSink {
  readonly kind = "spool";
  readonly key: string;
  readonly batching: Partial<BatcherConfig> | undefined;
  readonly needsEventLoop = true;
  readonly keepsBacklogOnFailure = true;
  readonly takesBuffers: boolean;
  readonly isSynchronous = false;
  readonly isReady = false;
  readonly parts = undefined;
  readonly place: string;
  readonly #sink: Sink;
  readonly #store: SpoolStore;
  readonly #read: SegmentReader;
  readonly #options: object;
  readonly #status: SinkStatus;
  readonly #flight: Flight;
  /**
   * The retained state that was not passed on, and that is in flight. What the store drops of it is dropped here too.
   */
  readonly #retained: RetainedFlight = new RetainedFlight();
  #context: SinkContext | undefined;
  /** Ids: of the next message, and of the newest one that was passed on. */
  #nextId = 1;
  #sentId = 0;
  /** Bytes that were stored and neither acknowledged nor dropped. */
  #pendingBytes = 0;
  #acknowledgedBytes = 0;
  #pumping: Promise<void> = Promise.resolve();
  #isPumping = false;
  /** The rows of what earlier programs have stored are counted later than it is removed. */
  #counting: Promise<unknown> = Promise.resolve();
  readonly #watchers = new Set<() => void>();
  /** Whether the sink has lost messages, which are sent by the next program. */
  #hasLost = false;
  /** Whether the first attempt to connect may still succeed in time. */
  #hasHope = true;
  #isEnding = false;
  #storeError: RerunError | undefined;

  /** @param options what tells two spools in one place apart */
  constructor(sink: Sink, store: SpoolStore, read: SegmentReader, options: object = {}) {
    this.#options = options;
    this.#sink = sink;
    this.#store = store;
    this.#read = read;
    this.#status = new SinkStatus("spool");
    this.place = `spool:${store.key}`;
    this.key = `${this.place}:${sink.key}`;
    this.batching = sink.batching;
    this.takesBuffers = store.isSynchronous && sink.takesBuffers === true;
    this.#flight = new Flight(
      sink,
      (...acknowledged) => this.#onAcknowledged(...acknowledged),
      (lost) => this.#drop(lost),
    );
  }

  get isStale(): boolean {
    return this.#sink.isStale === true;
  }

  open(context: SinkContext): void | Promise<void> {
    checkUnclaimed(this.#sink);
    this.#status.attach(context);
    this.#context = context;
    const opened = this.#store.open({
      onFound: (bytes) => {
        this.#pendingBytes += bytes;
        this.#store.claim(this.#nextId++);
        this.#pump();
      },
      onUnstored: (message) => this.#onUnstored(message),
      onEvicted: (evicted) => this.#onEvicted(evicted),
      onWarning: (message) => this.#status.warn(message),
      onFailure: (error) => this.#onStoreFailure(error),
    });
    if (opened instanceof Promise) return opened.then(() => this.#openSink(context));
    return this.#openSink(context);
  }

  start(): void {
    this.#sink.start?.();
    this.#pump();
  }

  send(message: EncodedMessage): void {
    if (this.#status.isEnded || this.#isEnding) return this.#status.drop(message, "closed");
    const key = retentionKey(message);
    const { byteLength } = message.payload;
    if (key !== undefined) {
      this.#retained.add(key, message);
      this.#store.append(message, 0);
    } else {
      const isNext = this.#isDirect && !this.#hasLost && this.#retained.size === 0 && this.#flight.hasRoom(byteLength);
      // What was passed on so far must not be read again.
      if (!isNext && this.#isDirect) this.#store.seal();
      const id = this.#nextId++;
      this.#pendingBytes += byteLength;
      if (isNext) this.#sentId = id;
      this.#store.append(message, id);
      if (isNext) this.#pass([message], id);
      else if (this.takesBuffers) this.#context?.recycle(message.payload);
    }
    this.#pump();
  }

  /** There is no limit but that of the store. */
  sendBacklog(message: EncodedMessage): void {
    this.send(message);
  }

  expectMore(isMore: boolean): void {
    this.#sink.expectMore?.(isMore);
  }

  /** Settles when everything is stored or acknowledged; with `ack` when it was acknowledged. */
  async flush({ ack = false }: SinkFlushOptions): Promise<void> {
    if (this.#status.state === "closed") return;
    await this.#store.flush();
    // What is not stored may have arrived all the same.
    if (this.#storeError !== undefined && !this.#isDelivered) throw this.#storeError;
    if (!ack) return;
    this.#status.throwIfBroken();
    if (!(await this.#delivered())) throw new RerunError("TIMEOUT", this.#describeRest("timed out sending"));
  }

  /** Sends what can be sent now; the rest stays for the next program. */
  async close({ timeoutMs = Infinity }: SinkFlushOptions): Promise<void> {
    if (this.#status.state === "closed") return;
    this.#isEnding = true;
    await this.#store.flush();
    const timer = setTimeout(() => {
      this.#hasHope = false;
      this.#notify();
    }, CONNECT_MS);
    // Time is left for closing the store.
    await this.#delivered(timeoutMs * 0.9);
    clearTimeout(timer);
    const isEmpty = this.#isDelivered;
    await this.#sink.close({ timeoutMs: 0 }).catch(() => {});
    this.#onSinkLost();
    await this.#pumping;
    await this.#store.close(isEmpty);
    await this.#counting;
    this.#end(isEmpty);
    if (this.#storeError !== undefined && !isEmpty) throw this.#storeError;
  }

  beginClose(deadlineMs: number): void {
    if (this.#canDeliver) this.#sink.beginClose?.(deadlineMs);
  }

  closeSync(deadlineMs: number): void {
    if (this.#status.state === "closed") return;
    this.#isEnding = true;
    const hasPassedAll = this.#isDirect && this.#retained.size === 0;
    this.#sink.closeSync?.(this.#canDeliver ? deadlineMs : 0, CONNECT_MS);
    const isEmpty = this.#isDelivered || (hasPassedAll && this.#sink.closeSync !== undefined && !this.#hasLost);
    this.#store.closeSync?.(isEmpty);
    this.#end(isEmpty);
  }

  /** Everything is in the store, for the next sink that uses it. */
  takeBacklog(): EncodedMessage[] {
    return [];
  }

  takeOver(other: Sink): SinkTakeover | undefined {
    if (!(other instanceof SpoolSink)) return {};
    const takeover = takeOver(this.#sink, other.#sink);
    const notice = describeIgnored(this, differingOptions(this.#options, other.#options));
    return takeover && { ...takeover, notice: notice ?? takeover.notice };
  }

  stats(): SinkStats {
    this.#status.queuedBytes = this.#pendingBytes + this.#retained.bytes;
    this.#status.sentBytes = this.#acknowledgedBytes;
    this.#status.reconnects = this.#sink.stats().reconnects;
    return this.#status.stats();
  }

  /** Whether everything so far was passed on, so that the next message may be, too. */
  get #isDirect(): boolean {
    return this.#sentId === this.#nextId - 1;
  }

  get #isDelivered(): boolean {
    return this.#isDirect && this.#retained.size === 0 && this.#flight.isEmpty && !this.#hasLost;
  }

  /** Whether there is a connection, or the first attempt is still in progress. */
  get #canDeliver(): boolean {
    return !this.#hasLost && (this.#isConnected || (this.#hasHope && this.#sink.stats().lastError === undefined));
  }

  get #isConnected(): boolean {
    return this.#sink.stats().state === "open";
  }

  #openSink(context: SinkContext): void | Promise<void> {
    claimSink(this.#sink);
    return this.#sink.open({
      applicationId: context.applicationId,
      recordingId: context.recordingId,
      flushRows: () => context.flushRows(),
      recycle: (payload) => {
        if (this.takesBuffers) context.recycle(payload);
      },
      onState: (state, error) => this.#onSinkState(state, error),
      // It is stored, and sent again: nothing is lost.
      onDrop: () => this.#onSinkLost(),
      onWarning: (message) => {
        if (!this.#isEnding) this.#status.warn(message);
      },
    });
  }

  #onSinkState(state: SinkState, error: RerunError | undefined): void {
    if (state === "open") this.#flight.resume();
    if (state === "broken") this.#onSinkLost();
    this.#notify();
    if (this.#status.state === "closed" || this.#isEnding || state === "closed") return;
    this.#status.change(state, error);
    // A failed attempt to connect is no change of state.
    if (error !== undefined && state === "connecting") this.#context?.onState(state, error);
    this.#pump();
  }

  #onSinkLost(): void {
    this.#hasLost = true;
    this.#flight.end();
    for (const lost of this.#retained.endFlight()) this.#dropRetained(lost);
    this.#notify();
  }

  #onUnstored({ id, ...unstored }: UnstoredMessage): void {
    this.#onEvicted({ ...unstored, firstId: id, lastId: id, reason: "queue-full" });
  }

  /** Counts data in flight as dropped only if it was not acknowledged in the end, because it may arrive. */
  #onEvicted(evicted: EvictedFromSpool): void {
    const { key, lastId } = evicted;
    // A connected sink may take what the store cannot.
    if (key !== undefined) this.#pump();
    if (key !== undefined) this.#dropRetained(this.#retained.remove(key, this.#hasLost));
    else if (lastId > this.#sentId) this.#drop(evicted);
    else this.#flight.remove(evicted);
  }

  #dropRetained(message: EncodedMessage | undefined): void {
    if (message !== undefined) this.#status.drop(message, "queue-full");
  }

  #drop({ rows, bytes, reason }: EvictedFromSpool): void {
    this.#pendingBytes = Math.max(0, this.#pendingBytes - bytes);
    const count = (sum: number): void => this.#status.countDrop({ rows: sum, bytes, reason });
    if (typeof rows === "number") count(rows);
    else this.#counting = Promise.all([this.#counting, rows.then(count)]);
  }

  #onStoreFailure(error: RerunError): void {
    this.#storeError = error;
    this.#status.lastError = error;
    this.#context?.onState(this.#status.state, error);
    this.#status.warn(error.message);
  }

  #onAcknowledged(id: number, bytes: number, keys: readonly string[]): void {
    for (const key of keys) this.#retained.acknowledge(key);
    this.#acknowledgedBytes += bytes;
    this.#pendingBytes = Math.max(0, this.#pendingBytes - bytes);
    if (id > 0) this.#store.release(id);
    this.#pump();
    // The sizes of what earlier programs have stored, and of what was dropped, include frames.
    if (this.#isDelivered) this.#pendingBytes = 0;
    this.#notify();
  }

  /** Passes messages on; the sink has room for all of them, because the window is bounded here. */
  #pass(messages: readonly EncodedMessage[], id: number, key?: string): void {
    let bytes = 0;
    let rows = 0;
    for (const message of messages) {
      bytes += message.payload.byteLength;
      rows += message.manifest?.rows ?? 0;
      if (this.#sink.sendBacklog !== undefined) this.#sink.sendBacklog(message);
      else this.#sink.send(message);
    }
    this.#flight.add(id, bytes, rows, key);
  }

  #pump(): void {
    if (this.#isPumping || this.#hasLost || this.#status.state === "closed") return;
    if (this.#retained.size === 0 && this.#isDirect) return;
    this.#isPumping = true;
    this.#pumping = this.#passStored();
  }

  /** Passes on what is stored, for as long as there is room. */
  async #passStored(): Promise<void> {
    while (!this.#hasLost && this.#status.state !== "closed" && this.#flight.hasRoom(0)) {
      const next = this.#retained.take();
      if (next !== undefined) this.#passRetained(...next);
      else if (this.#isDirect) break;
      else await this.#passSegment();
    }
    this.#isPumping = false;
  }

  #passRetained(key: string, message: EncodedMessage): void {
    this.#pendingBytes += message.payload.byteLength;
    this.#pass([this.takesBuffers ? { ...message, payload: message.payload.slice() } : message], 0, key);
  }

  async #passSegment(): Promise<void> {
    const newest = this.#nextId - 1;
    const segment = await this.#store.read(this.#sentId);
    if (segment === undefined) {
      // The rest was dropped.
      this.#sentId = newest;
      this.#notify();
      return;
    }
    const messages = await this.#decode(segment);
    if (this.#hasLost || this.#status.state === "closed") return;
    this.#sentId = segment.lastId;
    this.#pass(messages, segment.lastId);
  }

  async #decode({ rrd }: SpoolSegment): Promise<readonly EncodedMessage[]> {
    if (rrd.byteLength === 0) return [];
    try {
      return await this.#read(rrd);
    } catch (error) {
      this.#status.warn(`${rrd.byteLength} bytes of the spool are damaged, and are skipped: ${messageOf(error)}`);
      return [];
    }
  }

  /** Waits until everything was acknowledged, for as long as there is progress and hope. */
  async #delivered(timeoutMs?: number): Promise<boolean> {
    const wait = { isOver: false };
    const work = async (): Promise<void> => {
      while (!this.#isDelivered && !wait.isOver && (!this.#isEnding || this.#canDeliver) && !this.#hasLost)
        await new Promise<void>((resolve) => this.#watchers.add(resolve));
    };
    await waitWithProgress(work(), () => this.#acknowledgedBytes, timeoutMs);
    wait.isOver = true;
    this.#notify();
    return this.#isDelivered;
  }

  #notify(): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher();
  }

  #describeRest(what: string): string {
    return `${what}; ${this.stats().queuedBytes} bytes are kept in the spool, and sent when the server is reachable`;
  }

  #end(isEmpty: boolean): void {
    if (!isEmpty && this.stats().queuedBytes > 0) this.#status.warn(this.#describeRest("closed before all was sent"));
    this.#status.change("closed");
  }
}
