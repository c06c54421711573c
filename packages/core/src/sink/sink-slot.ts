import { RerunError } from "../errors.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { MessageQueue } from "./message-queue.ts";
import type { MessageMemory, Sink, SinkContext, SinkFlushOptions, SinkState, SinkStats } from "./sink.ts";
import { SinkStatus } from "./sink-status.ts";

/** How much a sink may be sent while it is still opening. */
const MAX_OPENING_BYTES = 256 * 1024 * 1024;

/**
 * A sink's place in a recording: keeps messages while the sink opens, and keeps the sink's failures
 * from its neighbours and from the logging program.
 */
export class SinkSlot {
  readonly sink: Sink;
  /** Settles when the sink is open; rejects if it cannot be opened. */
  opened: Promise<void> = Promise.resolve();
  readonly #context: SinkContext;
  /** Counts for a sink that could not be opened. */
  readonly #status: SinkStatus;
  #opening: MessageQueue | undefined;
  #failure: RerunError | undefined;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  constructor(sink: Sink, context: SinkContext) {
    this.sink = sink;
    this.#context = context;
    this.#status = new SinkStatus(sink.kind);
    this.#status.attach(context);
  }

  get state(): SinkState {
    return this.#isSinkInCharge ? this.sink.stats().state : this.#status.state;
  }

  /** Whether nobody looks at a message any more when `send` has returned. */
  get isSynchronous(): boolean {
    return this.#opening === undefined && (this.#failure !== undefined || this.sink.isSynchronous === true);
  }

  /** Opens the sink. Throws what the sink throws at once; what comes later is told to the context. */
  open(): void {
    const opening = this.sink.open(this.#context);
    if (!(opening instanceof Promise)) return;
    this.#opening = new MessageQueue(MAX_OPENING_BYTES);
    this.opened = opening.then(
      () => this.#sendWaiting(),
      (error: unknown) => this.#fail(RerunError.from(error)),
    );
    this.opened.catch(() => {});
  }

  send(message: EncodedMessage, memory?: MessageMemory): void {
    if (this.#failure !== undefined) {
      this.#status.drop(message, "closed");
    } else if (this.#opening !== undefined) {
      this.#status.dropAll(this.#opening.push(message), "queue-full");
    } else {
      try {
        this.sink.send(message, memory);
      } catch (error) {
        this.#context.onState("broken", RerunError.from(error));
        this.#status.drop(message, "closed");
      }
    }
  }

  async flush(options: SinkFlushOptions): Promise<void> {
    if (this.#isClosed) return;
    if (this.#opening !== undefined) await this.opened;
    if (this.#failure !== undefined) throw this.#failure;
    await this.sink.flush(options);
  }

  /** Closes the sink; once. */
  close(options: SinkFlushOptions): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  /** Closes the sink before it returns, also if `close` is still under way. */
  closeSync(deadlineMs: number): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closing ??= Promise.resolve();
    if (this.#opening !== undefined) this.#status.dropAll(this.#opening.takeAll(), "closed");
    else if (this.#failure === undefined) this.sink.closeSync?.(deadlineMs);
  }

  stats(): SinkStats {
    return this.#isSinkInCharge
      ? this.sink.stats()
      : { ...this.#status.stats(), queuedBytes: this.#opening?.bytes ?? 0 };
  }

  get #isSinkInCharge(): boolean {
    return this.#opening === undefined && this.#failure === undefined;
  }

  #sendWaiting(): void {
    const waiting = this.#opening?.takeAll() ?? [];
    this.#opening = undefined;
    for (const message of waiting) this.send(message);
  }

  #fail(error: RerunError): never {
    this.#failure = error;
    const waiting = this.#opening?.takeAll() ?? [];
    this.#opening = undefined;
    this.#status.change("broken", error);
    this.#status.dropAll(waiting, "closed");
    throw error;
  }

  async #close(options: SinkFlushOptions): Promise<void> {
    if (this.#opening !== undefined) await this.opened.catch(() => {});
    if (this.#failure !== undefined) throw this.#failure;
    await this.sink.close(options);
    this.#isClosed = true;
  }
}
