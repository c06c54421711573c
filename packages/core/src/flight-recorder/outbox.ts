import { startTimer } from "../async/start-timer.ts";
import { messageOf } from "../errors/rerun-error.ts";
import type { DumpHandler, FlightDump } from "./flight-dump.ts";

/** The wait before a dump is offered again. It doubles each time, up to the longest. */
const RETRY_MS = 60_000;
const MAX_RETRY_MS = 600_000;

interface OutboxItem {
  readonly dump: FlightDump;
  /** The handlers that have taken the dump. */
  readonly taken: Set<DumpHandler>;
}

/** Dumps on their way to the handlers of the program. A dump stays until every handler has taken it. */
export class Outbox {
  readonly #maxBytes: number;
  readonly #warn: (message: string) => void;
  readonly #handlers = new Set<DumpHandler>();
  #items: OutboxItem[] = [];
  #delivering: Promise<void> | undefined;
  #retryMs = RETRY_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param maxBytes above this the oldest waiting dumps are dropped */
  constructor(maxBytes: number, warn: (message: string) => void) {
    this.#maxBytes = maxBytes;
    this.#warn = warn;
  }

  /** The dumps that wait for a handler. */
  get length(): number {
    return this.#items.length;
  }

  /** Adds a handler, and offers it the dumps that wait. Returns a function that removes the handler. */
  add(handler: DumpHandler): () => void {
    this.#handlers.add(handler);
    if (this.#items.length > 0) void this.deliver();
    return () => void this.#handlers.delete(handler);
  }

  /**
   * Offers a dump to all handlers, after the dumps that wait. Calls them before it returns, if none of them is busy.
   */
  push(dump: FlightDump): Promise<void> {
    this.#items.push({ dump, taken: new Set() });
    this.#makeRoom();
    return this.deliver();
  }

  /** Offers all dumps that wait. */
  deliver(): Promise<void> {
    this.#delivering ??= this.#deliverAll().finally(() => (this.#delivering = undefined));
    return this.#delivering;
  }

  /** Offers all dumps that wait, without waiting for a handler, because the process is about to end. */
  deliverNow(): void {
    for (const item of this.#items) {
      for (const handler of this.#missing(item)) {
        item.taken.add(handler);
        try {
          const result: unknown = handler(item.dump);
          // The process ends: nobody else could take note of a rejection.
          if (result instanceof Promise) result.catch(() => undefined);
        } catch (error) {
          this.#warn(`a handler of a dump failed: ${messageOf(error)}`);
        }
      }
    }
  }

  async #deliverAll(): Promise<void> {
    clearTimeout(this.#timer);
    let isAllTaken = true;
    // Dumps that are added meanwhile are offered as well.
    for (const item of this.#items) {
      for (const handler of this.#missing(item)) {
        item.taken.add(handler);
        try {
          await handler(item.dump);
        } catch (error) {
          item.taken.delete(handler);
          isAllTaken = false;
          this.#warn(`a handler of a dump failed, and gets the dump again later: ${messageOf(error)}`);
        }
      }
    }
    this.#items = this.#items.filter((item) => this.#handlers.size === 0 || this.#missing(item).length > 0);
    this.#retryMs = isAllTaken ? RETRY_MS : Math.min(this.#retryMs * 2, MAX_RETRY_MS);
    if (isAllTaken) return;
    this.#timer = startTimer(() => void this.deliver(), this.#retryMs);
    (this.#timer as { unref?: () => void } | undefined)?.unref?.();
  }

  #missing({ taken }: OutboxItem): readonly DumpHandler[] {
    return [...this.#handlers].filter((handler) => !taken.has(handler));
  }

  #makeRoom(): void {
    const size = (): number => this.#items.reduce((sum, { dump }) => sum + dump.rrd.byteLength, 0);
    while (this.#items.length > 1 && size() > this.#maxBytes) {
      this.#items.shift();
      this.#warn("a dump that no handler has taken was dropped, because newer dumps need its memory");
    }
  }
}
