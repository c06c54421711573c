import { RerunError } from "../../errors.ts";
import { Backoff } from "../backoff.ts";
import type { DeliveryQueue } from "../delivery-queue.ts";
import type { QueueWriter, QueueWriterEvents } from "../queued-sink.ts";
import { postMessages, type PostOptions } from "./post-messages.ts";

/** How much goes in one call; less after it was lost, so that a bad network takes it in the end. */
const CALL_BYTES = 8 * 1024 * 1024;
const SMALLEST_CALL_BYTES = 64 * 1024;
/** How often a call may be refused, or be lost though the server is there, without any that succeeds in between. */
const MAX_REFUSALS = 3;
const MAX_LOSSES = 6;

/** Takes messages from a queue to a server, one call after another, and begins again where that fails. */
export class GrpcWebWriter implements QueueWriter {
  readonly #queue: DeliveryQueue;
  readonly #options: PostOptions;
  readonly #events: QueueWriterEvents;
  readonly #stop = new AbortController();
  readonly #backoff = new Backoff();
  #isConnected = false;
  #hasConnected = false;
  #callBytes = CALL_BYTES;
  #refusals = 0;
  #losses = 0;
  /** Finish when the queue is empty. */
  #isClosing = false;
  #wake: () => void = () => {};
  readonly #watchers = new Set<() => void>();

  constructor(queue: DeliveryQueue, options: PostOptions, events: QueueWriterEvents) {
    this.#queue = queue;
    this.#options = options;
    this.#events = events;
  }

  /** Works until it is closed. Rejects if the server keeps refusing what is sent. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      try {
        if (!this.#isConnected) await this.#connect();
        else if (this.#queue.hasWaiting) await this.#send();
        else await this.#wait();
      } catch (error) {
        await this.#recover(RerunError.from(error));
      }
    }
    this.#notify();
  }

  /** There is something to send. */
  wake(): void {
    this.#wake();
  }

  /** Settles when `isDone` holds, or when the writer has stopped. */
  async until(isDone: () => boolean): Promise<void> {
    while (!isDone() && !this.#stop.signal.aborted) {
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** Finishes when everything has been acknowledged. */
  finish(): void {
    this.#isClosing = true;
    this.#wake();
  }

  /** Stops at once. */
  abort(): void {
    this.#stop.abort();
    this.#wake();
    this.#notify();
  }

  get #isOver(): boolean {
    return this.#stop.signal.aborted || (this.#isClosing && this.#queue.isEmpty);
  }

  /** Asks whether the server is there. */
  async #connect(): Promise<void> {
    await postMessages(this.#options, [], this.#stop.signal);
    if (this.#hasConnected) {
      this.#queue.restart();
      this.#events.onReconnect();
    }
    this.#isConnected = true;
    this.#hasConnected = true;
    if (this.#losses === 0) this.#backoff.reset();
    this.#events.onState("open");
  }

  async #send(): Promise<void> {
    const batch = this.#queue.take(this.#callBytes);
    await postMessages(this.#options, batch, this.#stop.signal);
    this.#queue.acknowledge(batch.length);
    this.#backoff.reset();
    this.#callBytes = Math.min(CALL_BYTES, this.#callBytes * 2);
    this.#refusals = 0;
    this.#losses = 0;
    this.#events.onArrived(batch.reduce((sum, { payload }) => sum + payload.byteLength, 0));
    this.#notify();
  }

  /** Settles when there is something to do. */
  async #wait(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#isOver || this.#queue.hasWaiting) resolve();
    });
  }

  async #recover(error: RerunError): Promise<void> {
    if (this.#stop.signal.aborted) return;
    if (error.code !== "CONNECTION") this.#refusals++;
    else if (this.#isConnected) {
      this.#losses++;
      this.#callBytes = Math.max(SMALLEST_CALL_BYTES, this.#callBytes / 4);
    }
    this.#isConnected = false;
    if (error.code === "AUTH" || this.#refusals >= MAX_REFUSALS || this.#losses >= MAX_LOSSES) {
      this.abort();
      throw error;
    }
    this.#events.onState("connecting", error);
    await this.#pause(this.#backoff.next());
  }

  /** Waits, but does not keep a program alive for it that has nothing else to do. */
  async #pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      if (!this.#isClosing) (timer as { unref?: () => void }).unref?.();
      this.#wake = () => {
        if (!this.#stop.signal.aborted) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #notify(): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher();
  }
}
