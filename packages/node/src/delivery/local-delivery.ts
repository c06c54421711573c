import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import { DeliveryQueue, rowsIn } from "@rerun-ts/core/internal";
import type { Delivery, DeliveryEvents, DeliveryOptions, DeliveryProgress, Writer } from "./delivery.ts";
import { FreeMemory } from "./free-memory.ts";
import { makeWriter } from "./make-writer.ts";

/** Takes messages to a server in the thread that it is made in, whenever that one lets the event loop have its turn. */
export class LocalDelivery implements Delivery {
  readonly #queue: DeliveryQueue;
  readonly #writer: Writer;
  readonly #events: DeliveryEvents;
  readonly #running: Promise<void>;
  readonly #free = new FreeMemory();
  #sentBytes = 0;
  /** What was to be sent, without what was given up. */
  #rows = 0;
  #bytes = 0;
  #reconnects = 0;

  constructor({ limits, ...options }: DeliveryOptions, events: DeliveryEvents) {
    this.#queue = new DeliveryQueue(limits, (message) => this.#release(message));
    this.#events = events;
    this.#writer = makeWriter(this.#queue, options, {
      onState: (state, error) => events.onState(state, error),
      onSent: (bytes) => (this.#sentBytes += bytes),
      onReconnect: () => this.#reconnects++,
    });
    this.#running = this.#writer.run().catch((error: unknown) => {
      this.#giveUp();
      events.onFailure(RerunError.from(error, "CONNECTION"));
    });
  }

  get progress(): DeliveryProgress {
    const { waitingBytes, bytes: queuedBytes, rows: queuedRows } = this.#queue;
    return {
      sentBytes: this.#sentBytes,
      waitingBytes,
      queuedBytes,
      arrivedRows: this.#rows - queuedRows,
      arrivedBytes: this.#bytes - queuedBytes,
      reconnects: this.#reconnects,
    };
  }

  send(message: EncodedMessage): void {
    this.#rows += rowsIn([message]);
    this.#bytes += message.payload.byteLength;
    const own = this.#events.onFree === undefined ? { ...message, payload: this.#free.copy(message.payload) } : message;
    const dropped = this.#queue.push(own);
    this.#drop(dropped, "queue-full");
    for (const one of dropped) this.#release(one);
    this.#writer.wake();
  }

  async flush(ack: boolean): Promise<void> {
    const last = this.#queue.newest;
    if (last !== undefined) await this.#writer.until(() => this.#queue.hasSent(last, ack), ack);
  }

  async finish(): Promise<void> {
    this.#writer.finish();
    await this.#running;
  }

  abort(): void {
    this.#writer.abort();
    this.#giveUp();
  }

  /** Without turns of the event loop nothing can be sent. */
  finishSync(): boolean {
    const isDone = this.#queue.isEmpty;
    this.abort();
    return isDone;
  }

  #release(message: EncodedMessage): void {
    if (this.#events.onFree === undefined) this.#free.give(message.payload.buffer);
    else this.#events.onFree(message);
  }

  #giveUp(): void {
    this.#drop(this.#queue.takeAll(), "closed");
  }

  #drop(messages: readonly EncodedMessage[], reason: "queue-full" | "closed"): void {
    if (messages.length === 0) return;
    const rows = rowsIn(messages);
    const bytes = messages.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    this.#rows -= rows;
    this.#bytes -= bytes;
    this.#events.onDrop({ rows, bytes, reason });
  }
}
