import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";

/** Limits of rejections of the same data: how often in a row, and for at least how long. */
const MAX_REJECTIONS = 3;
const LEAST_MS = 3000;

/**
 * Counts how often, and for how long, a server rejects the same data. A server that is being deployed may reject all
 * data for a moment. Acknowledgements of other messages, such as the retained state that is sent again after each
 * attempt, do not reset the count.
 */
export class Rejections {
  readonly #queue: DeliveryQueue;
  #count = 0;
  #since = 0;
  /** The last message of the data that was rejected. */
  #message: EncodedMessage | undefined;

  constructor(queue: DeliveryQueue) {
    this.#queue = queue;
  }

  /** Whether there is no point in trying again. */
  get isTooMany(): boolean {
    return this.#count >= MAX_REJECTIONS && performance.now() - this.#since >= LEAST_MS;
  }

  /** Counts a rejection of the data in flight. */
  add(): void {
    if (this.#count === 0) this.#since = performance.now();
    this.#count++;
    this.#message = this.#queue.newestSent;
  }

  /** Something was acknowledged. */
  onAcknowledged(): void {
    if (this.#message !== undefined && !this.#queue.hasSent(this.#message, true)) return;
    this.#count = 0;
    this.#message = undefined;
  }
}
