import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";

/** How many times in a row a server may reject the same data. */
const MAX_REJECTIONS = 3;

/**
 * Counts how often a server rejects the same data. Acknowledgements of other messages, such as the retained state that is
 * sent again after each attempt, do not reset the count.
 */
export class Rejections {
  readonly #queue: DeliveryQueue;
  #count = 0;
  /** The last message of the data that was rejected. */
  #message: EncodedMessage | undefined;

  constructor(queue: DeliveryQueue) {
    this.#queue = queue;
  }

  /** Whether there is no point in trying again. */
  get isTooMany(): boolean {
    return this.#count >= MAX_REJECTIONS;
  }

  /** Counts a rejection of what is in flight. */
  add(): void {
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
