import { isPromise } from "../async/is-promise.ts";
import { startTimer } from "../async/start-timer.ts";
import { messageOf } from "../errors/rerun-error.ts";
import type { DumpHandler, FlightDump } from "./flight-dump.ts";

/** The wait before a dump is offered again. It doubles each time, up to the longest. */
const RETRY_MS = 60_000;
const MAX_RETRY_MS = 600_000;

/** The dumps for one handler, one after the other: a handler that is slow or fails delays no other one. */
export class HandlerQueue {
  readonly #handler: DumpHandler;
  readonly #warn: (message: string) => void;
  readonly #onTaken: () => void;
  /** The dumps that the handler has not taken, oldest first. */
  #waiting: FlightDump[] = [];
  /** The dumps that the handler has refused in this round. */
  readonly #refused = new Set<FlightDump>();
  /** The dump with which the handler is busy. */
  #offered: FlightDump | undefined;
  #running: Promise<void> | undefined;
  #retryMs = RETRY_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(handler: DumpHandler, warn: (message: string) => void, onTaken: () => void) {
    this.#handler = handler;
    this.#warn = warn;
    this.#onTaken = onTaken;
  }

  get waiting(): readonly FlightDump[] {
    return this.#waiting;
  }

  /** Adds a dump, and offers again what the handler has refused. */
  push(dump: FlightDump): void {
    this.#waiting.push(dump);
    this.#start();
  }

  drop(dump: FlightDump): void {
    this.#waiting = this.#waiting.filter((other) => other !== dump);
  }

  /** Settles when the handler has been called once with each dump. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Calls the handler with all dumps that wait, also while it is busy. */
  hurry(): void {
    for (const dump of this.#waiting.splice(0)) {
      if (dump === this.#offered) continue;
      try {
        const result: unknown = this.#handler(dump);
        // The process ends: nobody else could take note of a rejection.
        if (isPromise(result)) result.then(undefined, () => undefined);
      } catch (error) {
        this.#warn(`a handler of a dump failed: ${messageOf(error)}`);
      }
    }
  }

  /** Ends it, because the handler was removed. */
  end(): void {
    this.#isOver = true;
    this.#waiting = [];
    clearTimeout(this.#timer);
  }

  #start(): void {
    clearTimeout(this.#timer);
    if (this.#running !== undefined) return;
    this.#refused.clear();
    this.#running = this.#offerAll().finally(() => (this.#running = undefined));
  }

  async #offerAll(): Promise<void> {
    for (let dump = this.#next(); dump !== undefined; dump = this.#next()) {
      try {
        this.#offered = dump;
        await this.#handler(dump);
        this.drop(dump);
        this.#onTaken();
      } catch (error) {
        this.#refused.add(dump);
        this.#warn(`a handler of a dump failed, and gets the dump again later: ${messageOf(error)}`);
      }
    }
    this.#offered = undefined;
    if (this.#refused.size === 0) this.#retryMs = RETRY_MS;
    else if (!this.#isOver) this.#retryLater();
  }

  #next(): FlightDump | undefined {
    return this.#waiting.find((dump) => !this.#refused.has(dump));
  }

  #retryLater(): void {
    this.#timer = startTimer(() => this.#start(), this.#retryMs);
    (this.#timer as { unref?: () => void } | undefined)?.unref?.();
    this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
  }
}
