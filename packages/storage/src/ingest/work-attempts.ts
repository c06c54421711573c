import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { Backoff } from "@rerun-ts/core/transport";
import { sleep } from "@rerun-ts/core/util";
import type { DueWork } from "../status/due-work.ts";

/** The receiver of warnings. */
interface AttemptEvents {
  readonly onWarning: (message: string) => void;
}

/** Repeats the work of a partition until it succeeds, and reports its failures. */
export class WorkAttempts {
  readonly #events: AttemptEvents;
  readonly #partition: number;
  readonly #work: DueWork;

  /** @param work receives successes and failures */
  constructor(events: AttemptEvents, partition: number, work: DueWork) {
    this.#events = events;
    this.#partition = partition;
    this.#work = work;
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
        await sleep(backoff.next());
      }
    }
  }

  failed(what: string, text: string, error: unknown): void {
    const reason = RerunError.from(error, "CONNECTION");
    this.#work.fail(what, `${text}: ${messageOf(reason)}`);
    this.warn(text, reason);
  }

  succeeded(what: string): void {
    this.#work.succeed(what);
  }

  /** Forgets a failure, without a success. */
  recovered(what: string): void {
    this.#work.recover(what);
  }

  warn(text: string, reason: Error): void {
    this.#events.onWarning(`partition ${this.#partition}: ${text}: ${messageOf(reason)}`);
  }
}
