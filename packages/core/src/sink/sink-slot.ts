import { isPromise } from "../async/is-promise.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { withDeadline } from "../async/with-deadline.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { claimSink, releaseSink } from "./claim-sink.ts";
import { MessageFifo } from "./message-fifo.ts";
import type { RecordingSink, RecordingSinkContext, SinkFlushOptions, SinkState, SinkStats } from "./sink.ts";
import { SinkStatus } from "./sink-status.ts";

/** The maximum size of the messages that wait for a sink to open, unless the sink has another limit. */
const MAX_OPENING_BYTES = 256 * 1024 * 1024;

/**
 * A sink's place in a recording. The slot queues messages while the sink opens. If opening fails and the sink asks for
 * it, the slot keeps the messages for the next sink. It isolates the logging program and the other sinks from the
 * sink's failures.
 */
export class SinkSlot {
  readonly sink: RecordingSink;
  /** Settles when the sink is open. Rejects if opening fails. */
  opened: Promise<void> = Promise.resolve();
  readonly context: RecordingSinkContext;
  /** Number of bytes that may be queued while the sink opens. */
  #openingBytes: number;
  /** `connecting` while the sink opens, `broken` if opening fails. Unused while the sink is open. */
  readonly #status: SinkStatus;
  /** Messages that the sink receives before all others, once it is open. Its successor may receive them instead. */
  #queue: MessageFifo | undefined;
  /** Whether messages of the queue are being sent. */
  #isDraining = false;
  /** Whether the process has ended while the sink took a message. It receives no further messages then. */
  isInterrupted = false;
  #closing: Promise<void> | undefined;
  #isOpen = true;
  #isClosed = false;
  /** Whether `close` has settled, with or without success. */
  #isOver = false;
  /** Whether the sink was replaced, and is closed. */
  hasLeft = false;
  /** Whether the sink still waits for others to close before it opens. */
  isWaiting = false;

  constructor(sink: RecordingSink, context: RecordingSinkContext, maxOpeningBytes: number = MAX_OPENING_BYTES) {
    this.sink = sink;
    this.context = context;
    this.#openingBytes = maxOpeningBytes;
    this.#status = new SinkStatus(sink.kind);
    this.#status.attach(context);
  }

  get state(): SinkState {
    return this.#isOpen ? this.sink.stats().state : this.#status.state;
  }

  /** Whether messages are still read after `send` has returned. */
  get keepsMessages(): boolean {
    return this.#isOpen ? this.sink.isSynchronous !== true && !this.takesBuffers : this.#queue !== undefined;
  }

  /** Whether the sink is open and owns the memory of its messages. */
  get takesBuffers(): boolean {
    return this.#isOpen && this.sink.takesBuffers === true;
  }

  /** Whether the sink takes messages now. */
  get isReady(): boolean {
    this.#checkReady();
    return this.#isOpen;
  }

  /** Whether the sink has been closed, or has failed to close, so that it will do nothing more. */
  get isOver(): boolean {
    return this.#isClosed || this.#isOver;
  }

  /**
   * Opens the sink. Throws the errors that the sink throws synchronously, and `INVALID_ARGUMENT` if the sink is or was
   * open. Reports later failures to the context.
   *
   * @param previous sinks that must close first. Without them the sink opens immediately
   */
  open(previous: readonly SinkSlot[] = []): void {
    claimSink(this.sink);
    if (previous.length > 0) {
      this.isWaiting = true;
      return this.#waitFor(this.#openAfter(previous));
    }
    try {
      const opening = this.sink.open(this.context);
      if (isPromise(opening)) this.#waitFor(opening);
    } catch (error) {
      releaseSink(this.sink);
      throw error;
    }
  }

  /** The sink is open: sends it the messages that were queued meanwhile. */
  onOpened(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.sink.start?.();
    const send = (): void => this.sendQueued();
    if (this.context.sendInOrder === undefined) send();
    else this.context.sendInOrder(send);
    // The sink was closed while it opened.
    if (this.#isClosed) void this.sink.close({}).catch(() => {});
  }

  /** Starts the sink, because the whole set could be opened: the sink may take over its destination. */
  start(): void {
    if (this.#isOpen) this.sink.start?.();
  }

  /** Sends a message. `isExclusive`: no other code reads its memory, now or later. */
  send(message: EncodedMessage, isExclusive = false): void {
    this.#checkReady();
    if (this.#queue !== undefined) return this.#status.dropAll(this.#queue.push(message), "queue-full");
    this.#pass(message, isExclusive, false);
  }

  /** Sends a message from the backlog of the recording. It fits regardless of the limit. */
  sendBacklog(message: EncodedMessage, isExclusive = false): void {
    this.#checkReady();
    if (this.#queue === undefined) this.#pass(message, isExclusive, true);
    else this.queueBacklog([message]);
  }

  /** Queues messages from the backlog of the recording, regardless of the limit. `sendQueued` sends them. */
  queueBacklog(messages: readonly EncodedMessage[]): void {
    this.#queue ??= new MessageFifo(this.#openingBytes);
    for (const { payload } of messages) this.#openingBytes += payload.byteLength;
    this.#queue.setLimit(this.#openingBytes);
    this.#queue.refill(messages);
  }

  /** Sends the queued messages, unless the sink still opens. */
  sendQueued(): void {
    if (!this.#isOpen || this.#queue === undefined || this.#isDraining) return;
    this.#isDraining = true;
    // The rest stays in the queue, and is counted if the process ends in one of these calls.
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue?.shift()) this.#pass(next, false, true);
    this.#queue = undefined;
    this.#isDraining = false;
  }

  /** Announces whether more messages follow immediately. */
  expectMore(isMore: boolean): void {
    try {
      if (this.#isOpen) this.sink.expectMore?.(isMore);
    } catch (error) {
      this.#isOpen = false;
      this.#status.change("broken", RerunError.from(error));
    }
  }

  /** Flushes the sink. If the sink is closed meanwhile, waits for that too: the close may have dropped rows. */
  async flush(options: SinkFlushOptions): Promise<void> {
    if (this.#isClosed) return;
    await this.opened;
    await this.sink.flush(options);
    await this.#closing;
  }

  /**
   * Closes the sink. If the sink is already closing without a deadline, the new deadline applies: unsent data is
   * dropped then, and the promise rejects with `TIMEOUT`.
   */
  close(options: SinkFlushOptions): Promise<void> {
    const before = this.#closing;
    this.#closing ??= this.#close(options).finally(() => (this.#isOver = true));
    const { timeoutMs } = options;
    if (before === undefined || this.isOver || timeoutMs === undefined) return this.#closing;
    return this.#within(before, { timeoutMs }, "closing");
  }

  /** Closes the sink before it returns, even while `close` is in progress. */
  closeSync(deadlineMs: number, connectMs?: number): void {
    if (this.#isClosed) return;
    this.#checkReady();
    this.#isClosed = true;
    this.#closing ??= Promise.resolve();
    this.#dropQueued();
    if (this.#isOpen) this.sink.closeSync?.(deadlineMs, connectMs);
    else if (this.#status.state !== "broken") this.#status.change("closed");
  }

  /** Closes a sink that is in the way of another one. The messages that it keeps for the next sink stay. */
  makeWay(): void {
    if (this.#isOpen || this.state !== "broken") this.closeSync(0);
    else this.#isClosed = true;
  }

  /** The messages for the sink that replaces this one. */
  takeBacklog(): EncodedMessage[] {
    if (this.#isOpen) return this.sink.takeBacklog?.() ?? [];
    return this.state === "broken" ? (this.#queue?.takeAll() ?? []) : [];
  }

  stats(): SinkStats {
    const stats = this.sink.stats();
    const { droppedRows, droppedBytes } = this.#status;
    const current = this.#isOpen ? stats : { ...this.#status.stats(), queuedBytes: this.#queue?.bytes ?? 0 };
    return {
      ...current,
      droppedRows: stats.droppedRows + droppedRows,
      droppedBytes: stats.droppedBytes + droppedBytes,
    };
  }

  async #openAfter(previous: readonly SinkSlot[]): Promise<void> {
    await Promise.allSettled(previous.map((slot) => slot.close({})));
    if (this.#isClosed) throw new RerunError("CLOSED", "the sink is closed");
    this.isWaiting = false;
    await this.sink.open(this.context);
  }

  #waitFor(opening: Promise<void>): void {
    this.#isOpen = false;
    this.#queue = new MessageFifo(this.#openingBytes);
    this.opened = Promise.resolve(opening).then(
      () => this.onOpened(),
      (error: unknown) => this.#fail(RerunError.from(error)),
    );
    this.opened.catch(() => {});
  }

  /** A sink may be ready before the event loop reports that it is open. */
  #checkReady(): void {
    if (this.#isOpen) this.sendQueued();
    else if (this.sink.isReady === true) this.onOpened();
  }

  #pass(message: EncodedMessage, isExclusive: boolean, isBacklog: boolean): void {
    if (!this.#isOpen || this.isInterrupted) return this.#status.drop(message, "closed");
    const needsCopy = this.takesBuffers && !isExclusive;
    const passed = needsCopy ? { ...message, payload: this.#copy(message.payload) } : message;
    try {
      if (isBacklog && this.sink.sendBacklog !== undefined) this.sink.sendBacklog(passed);
      else this.sink.send(passed);
    } catch (error) {
      this.context.onState("broken", RerunError.from(error));
      this.#status.drop(message, "closed");
    }
  }

  #copy(payload: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return this.context.copy?.(payload) ?? payload.slice();
  }

  #dropQueued(): void {
    this.#status.dropAll(this.#queue?.takeAll() ?? [], "closed");
    this.#queue = undefined;
  }

  #fail(error: RerunError): never {
    this.#status.change("broken", error);
    if (this.sink.keepsBacklogOnFailure !== true || this.#isClosed) this.#dropQueued();
    throw error;
  }

  async #close(options: SinkFlushOptions): Promise<void> {
    if (!this.#isOpen) {
      try {
        await this.#within(this.opened, options, "opening");
      } finally {
        this.#dropQueued();
      }
    }
    await this.sink.close(options);
    this.#isClosed = true;
  }

  /** Waits for work, and ends the sink if the time is over. */
  async #within(work: Promise<void>, options: SinkFlushOptions, what: string): Promise<void> {
    if (await withDeadline(work, options)) return;
    this.closeSync(0);
    throw new RerunError("TIMEOUT", `timed out ${what} the ${this.sink.kind} sink`);
  }
}

/** Lets a sink start to finish in another thread. */
export function beginClose(slot: SinkSlot, deadlineMs: number): void {
  if (slot.isReady && !slot.isOver) slot.sink.beginClose?.(deadlineMs);
}
