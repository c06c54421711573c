import type { EncodedMessage } from "@rerun-ts/core";
import type { DeliveryQueue, KeepalivePost } from "@rerun-ts/core/transport";
import type { PagePhase } from "./page-lifecycle.ts";

/** Browsers allow 64 KiB in all keepalive requests of a page together. The rest is room for headers and frames. */
const MAX_BYTES = 60_000;
/** The overhead of one message: three lengths and three tags. */
const FRAME_BYTES = 24;

/** Bytes in the keepalive requests of this page that are in flight: the limit of browsers is shared by all sinks. */
let bytesInFlight = 0;

/**
 * Sends the unacknowledged messages of a queue in keepalive requests, which outlive the page, when the page is hidden
 * or unloaded. Browsers limit these requests to 64 KiB in total for all sinks of the page. Messages that do not fit
 * stay in the queue. This class ignores errors of the requests: if the page stays alive, the writer sends the messages
 * as well, and the server or the viewer removes duplicates.
 */
export class KeepaliveFlush {
  readonly #queue: DeliveryQueue;
  readonly #post: KeepalivePost;
  /** Messages in requests that are in flight. */
  readonly #inFlight = new Set<EncodedMessage>();

  constructor(queue: DeliveryQueue, post: KeepalivePost) {
    this.#queue = queue;
    this.#post = post;
  }

  /** Sends as many unacknowledged messages as fit, oldest first, except for messages that are in flight already. */
  send(phase: PagePhase): void {
    const { isSequence } = this.#post;
    if (isSequence && phase === "hidden") return;
    const batch: EncodedMessage[] = [];
    let bytes = 0;
    for (const message of this.#queue.unacknowledged) {
      if (!isSequence && this.#inFlight.has(message)) continue;
      const size = message.payload.byteLength + FRAME_BYTES;
      if (bytesInFlight + bytes + size <= MAX_BYTES) {
        bytes += size;
        batch.push(message);
      } else if (isSequence) {
        break;
      }
      // Otherwise small messages may overtake a large one, because viewers do not depend on their order.
    }
    if (!batch.some((message) => !this.#inFlight.has(message))) return;
    // Take the messages, because they have numbers now. If the page returns, no other messages may get these numbers.
    if (isSequence) this.#queue.take(Infinity, batch.length - this.#queue.sentCount);
    void this.#send(batch, bytes);
  }

  /** Empties the queue. Returns the messages that are lost because they are not in flight. */
  takeLost(): EncodedMessage[] {
    return this.#queue.takeAll().filter((message) => message.kind === "chunk" && !this.#inFlight.has(message));
  }

  async #send(batch: readonly EncodedMessage[], bytes: number): Promise<void> {
    bytesInFlight += bytes;
    for (const message of batch) this.#inFlight.add(message);
    try {
      await this.#post.send(batch);
    } catch {
      // If the page is still there, the writer sends the messages, and reports problems.
    }
    bytesInFlight -= bytes;
    for (const message of batch) this.#inFlight.delete(message);
  }
}
