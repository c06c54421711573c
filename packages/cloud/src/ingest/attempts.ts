import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { Backoff } from "@rerun-ts/core/transport";
import type { PresentFailures } from "./present-failures.ts";

/** The receivers of failures. */
interface AttemptEvents {
  readonly failures: PresentFailures;
  readonly onWarning: (message: string) => void;
}

/** Repeats the work of a partition until it succeeds, and reports its failures. */
export class Attempts {
  readonly #events: AttemptEvents;
  readonly #partition: number;

  constructor(events: AttemptEvents, partition: number) {
    this.#events = events;
    this.#partition = partition;
  }

  /** Repeats something until it succeeds, or until the signal is aborted. */
  async repeat(what: string, work: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    while (!signal.aborted) {
      try {
        await work();
        this.succeeded(what);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.failed(what, `cannot ${what}`, error);
        await pause(backoff.next());
      }
    }
  }

  failed(what: string, text: string, error: unknown): void {
    const reason = RerunError.from(error, "CONNECTION");
    this.#events.failures.failed(`${this.#partition} ${what}`, reason);
    this.warn(text, reason);
  }

  succeeded(what: string): void {
    this.#events.failures.succeeded(`${this.#partition} ${what}`);
  }

  warn(text: string, reason: Error): void {
    this.#events.onWarning(`partition ${this.#partition}: ${text}: ${messageOf(reason)}`);
  }
}

/** Waits for some milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
