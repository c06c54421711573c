import { RerunError } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { DropReason } from "../sink/sink.ts";
import type { Credentials, Delivery, DeliveryContext, DeliveryProgress } from "./delivery.ts";
import { DeliveryQueue, rowsIn, type DeliveryLimits } from "./delivery-queue.ts";
import type { QueueWriter, WriterEvents } from "./queue-writer.ts";

/** Options of a {@link LocalDelivery}. */
export interface LocalDeliveryOptions {
  readonly limits: DeliveryLimits;
  /**
   * The moment at which a message counts as sent, for `flush` and for statistics. `"written"`: once it is written to
   * the connection. `"acknowledged"`: once the server has it, for transports whose writes only fill a buffer of the
   * browser.
   */
  readonly sentWhen: "written" | "acknowledged";
  /** Creates the writer for the transport. */
  createWriter(queue: DeliveryQueue, events: WriterEvents): QueueWriter;
  /** Makes the writer use these credentials from its next connection on. Absent if it uses none. */
  renew?(credentials: Credentials): void;
}

/**
 * Sends messages to a server from the calling thread, whenever that thread yields to the event loop. Messages stay in a
 * {@link DeliveryQueue} until the server has acknowledged them.
 */
export class LocalDelivery implements Delivery {
  protected readonly queue: DeliveryQueue;
  protected readonly writer: QueueWriter;
  readonly #context: DeliveryContext;
  readonly #running: Promise<void>;
  readonly #options: LocalDeliveryOptions;
  /** Whether messages count as sent when they are written, rather than when they are acknowledged. */
  readonly #countsWritten: boolean;
  /** Rows and bytes passed to `send`, without dropped ones. */
  #rows = 0;
  #bytes = 0;

  constructor(options: LocalDeliveryOptions, context: DeliveryContext) {
    this.#options = options;
    this.#countsWritten = options.sentWhen === "written";
    this.#context = context;
    this.queue = new DeliveryQueue(options.limits, ({ payload }, isRetained) => {
      if (!isRetained) context.onRelease(payload);
    });
    this.writer = options.createWriter(this.queue, {
      onState: (state, error) => context.onState(state, error),
      onWarning: (message, code) => context.onWarning(message, code),
      onReject: (message) => this.drop([message], "rejected"),
    });
    this.#running = this.writer.run().catch((error: unknown) => {
      context.onFailure(RerunError.from(error, "CONNECTION"));
      this.#dropAll();
    });
  }

  get progress(): DeliveryProgress {
    const {
      pendingBytes,
      bytes: queuedBytes,
      rows: queuedRows,
      writtenBytes,
      acknowledgedBytes,
      reconnects,
    } = this.queue;
    return {
      sentBytes: this.#countsWritten ? writtenBytes : acknowledgedBytes,
      pendingBytes: this.#countsWritten ? pendingBytes : queuedBytes,
      queuedBytes,
      maxQueuedBytes: this.queue.maxBytes,
      acknowledgedRows: this.#rows - queuedRows,
      acknowledgedBytes: this.#bytes - queuedBytes,
      reconnects,
    };
  }

  send(message: EncodedMessage, isBacklog: boolean): void {
    this.#rows += rowsIn([message]);
    this.#bytes += message.payload.byteLength;
    if (isBacklog) this.queue.pushBacklog(message);
    else this.drop(this.queue.push(message), "queue-full");
    this.writer.wake();
  }

  async flush(ack: boolean): Promise<void> {
    const needsAck = ack || !this.#countsWritten;
    const messages = this.queue.unacknowledged;
    // Messages are acknowledged in order, so the newest one decides. It may be dropped before older ones, so those
    // follow.
    const isDone = (): boolean => {
      let last: EncodedMessage | undefined;
      while ((last = messages.at(-1)) !== undefined && this.queue.hasSent(last, needsAck)) messages.pop();
      return last === undefined;
    };
    if (!isDone()) await this.writer.until(isDone, needsAck);
  }

  async finish(): Promise<void> {
    this.writer.finish();
    await this.#running;
  }

  abort(): void {
    this.writer.abort();
    this.#dropAll();
  }

  /** Without the event loop nothing can be sent: pending messages are dropped. */
  finishSync(): boolean {
    const isDone = this.queue.isEmpty;
    this.abort();
    return isDone;
  }

  retry(): void {
    this.writer.retry();
  }

  canRenew(): boolean {
    return this.#options.renew !== undefined;
  }

  renew(credentials: Credentials): void {
    this.#options.renew?.(credentials);
    this.writer.retry();
  }

  /** Reports messages, which are out of the queue, as dropped. */
  protected drop(messages: readonly EncodedMessage[], reason: DropReason): void {
    if (messages.length === 0) return;
    const rows = rowsIn(messages);
    const bytes = messages.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    this.#rows -= rows;
    this.#bytes -= bytes;
    this.#context.onDrop({ rows, bytes, reason });
    for (const { payload } of messages) this.#context.onRelease(payload);
  }

  #dropAll(): void {
    this.drop(this.queue.takeAll(), "closed");
  }
}
