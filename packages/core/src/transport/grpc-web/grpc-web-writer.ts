import { RerunError } from "../../errors.ts";
import { Backoff } from "../backoff.ts";
import type { DeliveryQueue } from "../delivery-queue.ts";
import { LoopWriter } from "../loop-writer.ts";
import type { QueueWriterEvents } from "../queued-sink.ts";
import { postMessages, type PostOptions } from "./post-messages.ts";

/** How much goes in one call; less after it was lost, so that a bad network takes it in the end. */
const CALL_BYTES = 8 * 1024 * 1024;
const SMALLEST_CALL_BYTES = 64 * 1024;
/** How often a call may be refused, or be lost though the server is there, without any that succeeds in between. */
const MAX_REFUSALS = 3;
const MAX_LOSSES = 6;

/** Takes messages from a queue to a server, one call after another, and begins again where that fails. */
export class GrpcWebWriter extends LoopWriter {
  readonly #options: PostOptions;
  readonly #events: QueueWriterEvents;
  readonly #backoff = new Backoff();
  #isConnected = false;
  #hasConnected = false;
  #callBytes = CALL_BYTES;
  #refusals = 0;
  #losses = 0;

  constructor(queue: DeliveryQueue, options: PostOptions, events: QueueWriterEvents) {
    super(queue);
    this.#options = options;
    this.#events = events;
  }

  async run(): Promise<void> {
    while (!this.isOver) {
      try {
        if (!this.#isConnected) await this.#connect();
        else if (this.queue.hasWaiting) await this.#send();
        else await this.wait();
      } catch (error) {
        await this.#recover(RerunError.from(error));
      }
    }
    this.notify();
  }

  /** Asks whether the server is there. */
  async #connect(): Promise<void> {
    await postMessages(this.#options, [], this.stop.signal);
    if (this.#hasConnected) {
      this.queue.restart();
      this.#events.onReconnect();
    }
    this.#isConnected = true;
    this.#hasConnected = true;
    if (this.#losses === 0) this.#backoff.reset();
    this.#events.onState("open");
  }

  async #send(): Promise<void> {
    const batch = this.queue.take(this.#callBytes);
    await postMessages(this.#options, batch, this.stop.signal);
    this.queue.acknowledge(batch.length);
    this.#backoff.reset();
    this.#callBytes = Math.min(CALL_BYTES, this.#callBytes * 2);
    this.#refusals = 0;
    this.#losses = 0;
    this.#events.onArrived(batch.reduce((sum, { payload }) => sum + payload.byteLength, 0));
    this.notify();
  }

  async #recover(error: RerunError): Promise<void> {
    if (this.stop.signal.aborted) return;
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
    await this.pause(this.#backoff.next());
  }
}
