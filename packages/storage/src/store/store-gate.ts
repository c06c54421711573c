import type { RerunError, RerunErrorCode } from "@rerun-ts/core";
import { getOrAdd } from "@rerun-ts/core/util";
import { RejectedError, requestedWait } from "./rejected-error.ts";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/** The longest wait that a store may ask for by `Retry-After`. */
const LONGEST_REQUESTED_MS = 5 * 60_000;
/** The longest wait of a caller that cannot wait for the whole pause. */
const HURRY_MS = 1000;
/** Failures of a store, which concern all parts. */
const OF_STORE: ReadonlySet<RerunErrorCode> = new Set(["CONNECTION", "SERVER", "TIMEOUT"]);

/** Whether the store does not answer, or not in time. Otherwise it has refused one part. */
export function isAway(error: RerunError): boolean {
  return OF_STORE.has(error.code) && !RejectedError.is(error);
}

/** A random time of half of a pause up to the whole, so that clients that fail together do not come back together. */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}

/**
 * The uploads of all sinks of this thread to one store. After a failure of the store, and before the first answer, only
 * one upload goes at a time, as a test. Each failed test doubles the pause, up to a minute.
 */
export class StoreGate {
  #isOpen = false;
  #isTesting = false;
  #hasFailed = false;
  #pauseMs = FIRST_PAUSE_MS;
  /** Times on the monotonic clock: of the next test, and of the end of the time that the store has asked for. */
  #dueAt = 0;
  #requestedAt = 0;
  readonly #waiting = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether the last upload has failed because of the store. */
  get isAway(): boolean {
    return this.#hasFailed;
  }

  /** Begins an upload. Returns `false` if there may be none now: `onChange` is called once when this may change. */
  enter(onChange: () => void): boolean {
    if (this.#isOpen) return true;
    if (!this.#isTesting && performance.now() >= this.#dueAt) return (this.#isTesting = true);
    this.#waiting.add(onChange);
    this.#schedule();
    return false;
  }

  /** Ends the wait of a caller. */
  leave(onChange: () => void): void {
    this.#waiting.delete(onChange);
    if (this.#waiting.size === 0) this.#clear();
  }

  /** The store has answered an upload. */
  answer(): void {
    this.#isOpen = true;
    this.#isTesting = this.#hasFailed = false;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#dueAt = this.#requestedAt = 0;
    this.#wake();
  }

  /** An upload has failed because of the store. */
  fail(error: RerunError): void {
    const now = performance.now();
    const requestedMs = requestedWait(error);
    this.#requestedAt = Math.max(this.#requestedAt, now + Math.min(requestedMs, LONGEST_REQUESTED_MS));
    // Uploads that have begun together fail together: only the first one, and later tests, make the pause longer.
    if (this.#isOpen || this.#isTesting) {
      this.#dueAt = now + jittered(this.#pauseMs);
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    }
    if (requestedMs > 0) this.#dueAt = Math.max(this.#dueAt, this.#requestedAt + Math.random() * FIRST_PAUSE_MS);
    this.#isOpen = this.#isTesting = false;
    this.#hasFailed = true;
    this.#schedule();
  }

  /** An upload was aborted before there was an answer. */
  abandon(): void {
    this.#isTesting = false;
    this.#wake();
  }

  /** Tests within a second, or as soon as the store has asked for. */
  hurry(): void {
    const soon = performance.now() + Math.random() * HURRY_MS;
    this.#dueAt = Math.max(this.#requestedAt, Math.min(this.#dueAt, soon));
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#schedule();
  }

  #schedule(): void {
    this.#clear();
    if (this.#waiting.size === 0 || this.#isTesting) return;
    this.#timer = setTimeout(() => this.#wake(), Math.max(0, this.#dueAt - performance.now()));
  }

  #wake(): void {
    this.#clear();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const onChange of waiting) onChange();
  }

  #clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

const gates = new WeakMap<object, StoreGate>();
const byServer = new Map<string, StoreGate>();

/** The gate of a store. */
export function gateOf(store: object): StoreGate {
  const gate = getOrAdd(gates, store, () => new StoreGate());
  return gate;
}

/** Gives all stores of one bucket the same gate. */
export function shareGate(store: object, bucket: string): StoreGate {
  const gate = getOrAdd(byServer, bucket, () => new StoreGate());
  gates.set(store, gate);
  return gate;
}
