import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";
import type { Leaving } from "./leaving.ts";

/** How the last messages of a page are sent. */
export interface LastPost {
  /** Sends these in a call that outlives the page. Settles, or rejects, when it is over. */
  send(messages: readonly EncodedMessage[]): Promise<void>;
  /** They must be the oldest, without gaps, and a server is told of them only when the page is left. */
  readonly isSequence: boolean;
}

/** Browsers take 64 KiB of all calls together that outlive their page, with what is around the messages. */
const MAX_BYTES = 60_000;
/** What a message has around it: three lengths and three tags. */
const FRAME_BYTES = 24;

/** Bytes in all such calls of the page that are not over: what browsers allow is one sum for all sinks. */
let bytesUnderWay = 0;

/** What a page still sends when it is being left: calls that outlive it, as much as browsers take. */
export class LastPosts {
  readonly #queue: DeliveryQueue;
  readonly #post: LastPost;
  /** What went in such a call that is not over. */
  readonly #underWay = new Set<EncodedMessage>();

  constructor(queue: DeliveryQueue, post: LastPost) {
    this.#queue = queue;
    this.#post = post;
  }

  /** Sends what is not acknowledged and fits, oldest first; what went already does not go again. */
  send(how: Leaving): void {
    const { isSequence } = this.#post;
    if (isSequence && how === "hidden") return;
    const batch: EncodedMessage[] = [];
    let bytes = 0;
    for (const message of this.#queue.unacknowledged) {
      if (!isSequence && this.#underWay.has(message)) continue;
      const size = message.payload.byteLength + FRAME_BYTES;
      if (bytesUnderWay + bytes + size <= MAX_BYTES) {
        bytes += size;
        batch.push(message);
      } else if (isSequence) {
        break;
      }
      // Else a large one does not keep back small ones that come later: their order tells nothing to a viewer.
    }
    if (batch.some((message) => !this.#underWay.has(message))) void this.#send(batch, bytes);
  }

  /** Takes everything out of the queue; returns what could not go. */
  takeRest(): EncodedMessage[] {
    return this.#queue.takeAll().filter((message) => message.kind === "chunk" && !this.#underWay.has(message));
  }

  async #send(batch: readonly EncodedMessage[], bytes: number): Promise<void> {
    bytesUnderWay += bytes;
    for (const message of batch) this.#underWay.add(message);
    try {
      await this.#post.send(batch);
    } catch {
      // If the page is still there, the writer sends them, and tells what is wrong.
    }
    bytesUnderWay -= bytes;
    for (const message of batch) this.#underWay.delete(message);
  }
}
