import type { DumpHandler, FlightDump } from "./flight-dump.ts";
import { HandlerQueue } from "./handler-queue.ts";

/** Dumps on their way to the handlers of the program. A dump stays until every handler has taken it. */
export class Outbox {
  readonly #maxBytes: number;
  readonly #warn: (message: string) => void;
  readonly #queues = new Map<DumpHandler, HandlerQueue>();
  /** The dumps that some handler has not taken, oldest first. Without handlers, all dumps wait for the first one. */
  #dumps: FlightDump[] = [];

  /** @param maxBytes above this the oldest waiting dumps are dropped */
  constructor(maxBytes: number, warn: (message: string) => void) {
    this.#maxBytes = maxBytes;
    this.#warn = warn;
  }

  /** Adds a handler, and offers it the dumps that wait. Returns a function that removes the handler. */
  add(handler: DumpHandler): () => void {
    const queue = new HandlerQueue(handler, this.#warn, () => this.#forgetTaken());
    this.#queues.set(handler, queue);
    for (const dump of this.#dumps) queue.push(dump);
    return () => {
      queue.end();
      this.#queues.delete(handler);
      this.#forgetTaken();
    };
  }

  /** Offers a dump to all handlers. Calls those that are not busy before this method returns. */
  push(dump: FlightDump): void {
    this.#dumps.push(dump);
    this.#makeRoom();
    for (const queue of this.#queues.values()) queue.push(dump);
  }

  /** Settles when every handler has been called once with each dump, and has settled or failed. */
  async delivered(): Promise<void> {
    await Promise.all(Array.from(this.#queues.values(), (queue) => queue.idle()));
  }

  /** Calls the handlers that are busy with the dumps that wait for them, because the process is about to end. */
  deliverNow(): void {
    for (const queue of this.#queues.values()) queue.hurry();
  }

  #forgetTaken(): void {
    if (this.#queues.size === 0) return;
    const waiting = new Set(Array.from(this.#queues.values(), (queue) => queue.waiting).flat());
    this.#dumps = this.#dumps.filter((dump) => waiting.has(dump));
  }

  #makeRoom(): void {
    const size = (): number => this.#dumps.reduce((sum, { rrd }) => sum + rrd.byteLength, 0);
    while (this.#dumps.length > 1 && size() > this.#maxBytes) {
      const dropped = this.#dumps.shift();
      for (const queue of this.#queues.values()) if (dropped !== undefined) queue.drop(dropped);
      this.#warn("a dump that no handler has taken was dropped, because newer dumps need its memory");
    }
  }
}
