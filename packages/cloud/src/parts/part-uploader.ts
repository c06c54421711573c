import { RerunError, type RerunErrorCode } from "@rerun-ts/core";
import { sleep } from "../http/attempt.ts";
import { DueWork } from "../status/due-work.ts";

/** Pauses after a failure: longer each time. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Interval of looks for uploads that hang. */
const LOOK_MS = 10_000;
/** Failures that another attempt may not have. All others need a person, and are tried again as slowly as these. */
const TEMPORARY: ReadonlySet<RerunErrorCode> = new Set(["CONNECTION", "SERVER", "TIMEOUT"]);

/** Events of {@link PartUploader}. */
export interface UploaderEvents {
  /** An upload has failed, and will be tried again. */
  readonly onFailure: (error: RerunError) => void;
  /** A part was sent. */
  readonly onSent: (bytes: number) => void;
}

/** A part that was not sent yet. */
export interface WaitingPart {
  /** Its name, which no other part has. */
  readonly name: string;
  readonly bytes: number;
  /** The number of rows of the part. */
  readonly rows: number;
  /** The time since the part was complete, in milliseconds. Default 0. */
  readonly ageMs?: number | undefined;
  /** Whether an earlier program has left the part: nobody waits for it. Default `false`. */
  readonly isLeft?: boolean | undefined;
}

/** The place of the parts of a {@link PartUploader}. */
export interface PartTransfer<Part> {
  /** Sends a part, and removes it. Resolves to `false` if there was nothing to send, because others have removed it. */
  send(part: Part, signal: AbortSignal): Promise<boolean>;
  /** Removes a part to make room. */
  remove(part: Part): void;
}

interface Pending<Part> {
  readonly part: Part;
  /** The time at which the part was complete, on the monotonic clock. */
  readonly since: number;
  isReady: boolean;
  failures: number;
  error?: RerunError;
}

/**
 * Sends the parts of one run, several at a time and the oldest first, until they have arrived. Those that have failed
 * come last, so that parts which can never be sent do not hold up the others.
 */
export class PartUploader<Part extends WaitingPart> {
  /** The bytes of the parts that are pending. */
  pendingBytes = 0;
  sentParts = 0;
  sentBytes = 0;
  /** The failure since which nothing was sent. */
  lastError: RerunError | undefined;
  readonly #transfer: PartTransfer<Part>;
  readonly #events: UploaderEvents;
  readonly #ended = new AbortController();
  /** By their names. */
  readonly #pending = new Map<string, Pending<Part>>();
  readonly #active = new Set<string>();
  readonly #waiting = new Set<() => void>();
  readonly #maxActive: number;
  /** Fires at the next attempt after a failure. */
  #pause: AbortController | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  readonly #work = new DueWork("parts");
  #look: ReturnType<typeof setTimeout> | undefined;

  constructor(transfer: PartTransfer<Part>, maxActive: number, events: UploaderEvents) {
    this.#transfer = transfer;
    this.#maxActive = maxActive;
    this.#events = events;
  }

  get pendingParts(): number {
    return this.#pending.size;
  }

  /** Seconds since something was sent while parts wait, and 0 if none do. */
  get secondsSinceSuccess(): number {
    return this.#work.report().secondsSinceSuccess;
  }

  /** Why parts are not sent for long, in words. */
  get problem(): string | undefined {
    return this.#work.report().problem;
  }

  /** The number of pending parts of this program. */
  get ownParts(): number {
    let count = 0;
    for (const { part } of this.#pending.values()) if (part.isLeft !== true) count++;
    return count;
  }

  /** The age of the oldest part that was not sent, in milliseconds. */
  get oldestMs(): number {
    const now = performance.now();
    let oldest = now;
    for (const { since } of this.#pending.values()) oldest = Math.min(oldest, since);
    return now - oldest;
  }

  /** When the oldest part that can be removed was complete, on the monotonic clock. `Infinity` if there is none. */
  get oldestRemovable(): number {
    return this.#removable()?.since ?? Infinity;
  }

  /** Adds a part that is complete. */
  add(part: Part): void {
    this.reserve(part);
    this.start(part);
  }

  /** Counts a part as pending that is being stored. */
  reserve(part: Part): void {
    const since = performance.now() - (part.ageMs ?? 0);
    this.#pending.set(part.name, { part, since, isReady: false, failures: 0 });
    this.pendingBytes += part.bytes;
    this.#noteWaiting();
  }

  /** Sends a part that has just been stored. */
  start({ name }: Part): void {
    const pending = this.#pending.get(name);
    if (pending === undefined) return;
    pending.isReady = true;
    this.#pump();
  }

  /**
   * Removes the oldest part that is not being sent. Returns the lost rows and bytes, or `undefined` if there is no such
   * part.
   */
  removeOldest(): { readonly rows: number; readonly bytes: number } | undefined {
    const part = this.#removable()?.part;
    if (part === undefined) return undefined;
    // The rows of a part of an earlier program are counted in its file.
    const { rows, bytes } = part;
    this.#transfer.remove(part);
    this.#remove(part);
    return { rows, bytes };
  }

  /** Forgets the parts that earlier programs have left. They stay where they are. */
  forgetLeft(): void {
    for (const { part } of this.#pending.values()) if (part.isLeft === true) this.#remove(part);
  }

  /** Tries at once after a failure. */
  retryNow(): void {
    this.#pause?.abort();
  }

  /** Settles when all parts so far were sent. Rejects with the next failure of one of them that needs a person. */
  async drained(): Promise<void> {
    const wanted = new Map<Pending<Part>, number>();
    for (const pending of this.#pending.values())
      if (pending.part.isLeft !== true) wanted.set(pending, pending.failures);
    for (; wanted.size > 0 && !this.#ended.signal.aborted; await this.#progress()) {
      for (const [pending, failures] of wanted) {
        const { error } = pending;
        if (this.#pending.get(pending.part.name) !== pending) wanted.delete(pending);
        else if (error !== undefined && pending.failures > failures && !TEMPORARY.has(error.code)) throw error;
      }
      if (wanted.size === 0) return;
    }
  }

  /** Sends everything within a time, and repeats failed uploads. Never rejects. */
  async finish(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.ownParts === 0) return;
    this.retryNow();
    const limit = AbortSignal.timeout(Math.min(timeoutMs, 2 ** 31 - 1));
    const ended = signal === undefined ? limit : AbortSignal.any([limit, signal]);
    const end = (): void => this.end();
    if (ended.aborted) end();
    ended.addEventListener("abort", end, { once: true });
    // Unsent parts stay where they are.
    while (this.ownParts > 0 && !this.#ended.signal.aborted) await this.#progress();
    ended.removeEventListener("abort", end);
  }

  /** Ends all uploads. Unsent parts stay where they are. */
  end(): void {
    this.#ended.abort();
    clearTimeout(this.#look);
    this.#notify();
  }

  #pump(): void {
    if (this.#pause !== undefined || this.#ended.signal.aborted) return;
    while (this.#active.size < this.#maxActive) {
      const next = this.#next();
      if (next === undefined) return;
      this.#active.add(next.part.name);
      void this.#send(next);
    }
  }

  /** The oldest of the parts with the fewest failures. */
  #next(): Pending<Part> | undefined {
    let best: Pending<Part> | undefined;
    for (const pending of this.#pending.values()) {
      if (!pending.isReady || this.#active.has(pending.part.name)) continue;
      const order = best === undefined ? -1 : pending.failures - best.failures || pending.since - best.since;
      if (order < 0) best = pending;
    }
    return best;
  }

  /** The oldest part that is not being sent. */
  #removable(): Pending<Part> | undefined {
    let oldest: Pending<Part> | undefined;
    for (const pending of this.#pending.values()) {
      const isFree = pending.isReady && !this.#active.has(pending.part.name);
      if (isFree && (oldest === undefined || pending.since < oldest.since)) oldest = pending;
    }
    return oldest;
  }

  /** Never rejects. */
  async #send(pending: Pending<Part>): Promise<void> {
    const { part } = pending;
    try {
      const isSent = await this.#transfer.send(part, this.#ended.signal);
      this.#remove(part);
      if (isSent) this.#noteSent(part.bytes);
    } catch (error) {
      pending.failures++;
      pending.error = RerunError.from(error);
      if (!this.#ended.signal.aborted) this.#fail(part, pending.error);
    }
    this.#active.delete(part.name);
    this.#notify();
    this.#pump();
  }

  #noteSent(bytes: number): void {
    this.sentParts++;
    this.sentBytes += bytes;
    this.#work.succeed();
    this.lastError = undefined;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#events.onSent(bytes);
  }

  #remove(part: Part): void {
    if (this.#pending.delete(part.name)) this.pendingBytes -= part.bytes;
    this.#work.recover(part.name);
    this.#noteWaiting();
  }

  /** Notes whether parts wait. An upload that hangs does not fail, so it is looked at after a while. */
  #noteWaiting(): void {
    const isWaiting = this.#pending.size > 0;
    this.#work.setWaiting(isWaiting, this.pendingBytes);
    if (isWaiting && this.#look === undefined) this.#lookLater();
  }

  #lookLater(): void {
    this.#look = setTimeout(() => {
      this.#look = undefined;
      if (this.#pending.size === 0 || this.#ended.signal.aborted) return;
      const { problem } = this;
      if (problem !== undefined) this.#events.onFailure(new RerunError("TIMEOUT", problem));
      this.#lookLater();
    }, LOOK_MS);
    // Pages have no such method.
    (this.#look as { unref?: () => unknown }).unref?.();
  }

  #fail(part: Part, error: RerunError): void {
    this.#work.fail(part.name, error.message);
    this.lastError = error;
    this.#events.onFailure(error);
    if (this.#pause !== undefined) return;
    const pause = new AbortController();
    this.#pause = pause;
    const ms = this.#pauseMs * (0.5 + Math.random() / 2);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    void this.#continueAfter(ms, pause);
  }

  async #continueAfter(ms: number, pause: AbortController): Promise<void> {
    await sleep(ms, AbortSignal.any([pause.signal, this.#ended.signal]));
    this.#pause = undefined;
    this.#pump();
  }

  #progress(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #notify(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
