import { rmSync } from "node:fs";
import { RerunError, type RerunErrorCode } from "@rerun-ts/core";
import { sleep } from "../http/attempt.ts";
import type { PartStore } from "../parts/part-store.ts";
import type { RunFolder, SpooledPart } from "./run-folder.ts";
import { sendPart } from "./send-part.ts";

/** Pauses after a failure: longer each time. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Failures that another attempt may not have. All others need a person, and are tried again as slowly as these. */
const TEMPORARY: ReadonlySet<RerunErrorCode> = new Set(["CONNECTION", "SERVER", "TIMEOUT"]);

/** Events of {@link PartUploader}. */
export interface UploaderEvents {
  /** An upload has failed: it is tried again. */
  readonly onFailure: (error: RerunError) => void;
  /** A part was sent. */
  readonly onSent: (bytes: number) => void;
}

/** A part of this run that was not sent yet. */
interface Pending extends SpooledPart {
  /** The number of its rows. */
  readonly rows: number;
  /** When it was complete, on the monotonic clock. */
  readonly since: number;
}

/** Sends the parts of one run, several at a time and the oldest first, until they have arrived. */
export class PartUploader {
  /** The bytes of the parts that are pending. */
  pendingBytes = 0;
  sentParts = 0;
  sentBytes = 0;
  /** The failure since which nothing was sent. */
  lastError: RerunError | undefined;
  readonly #store: PartStore;
  readonly #run: RunFolder;
  readonly #events: UploaderEvents;
  readonly #ended = new AbortController();
  /** In the order of their numbers. */
  readonly #pending = new Map<string, Pending>();
  readonly #active = new Set<string>();
  readonly #waiting = new Set<() => void>();
  readonly #maxActive: number;
  /** Fires at the next attempt after a failure. */
  #pause: AbortController | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #failures = 0;

  constructor(store: PartStore, run: RunFolder, maxActive: number, events: UploaderEvents) {
    this.#store = store;
    this.#run = run;
    this.#maxActive = maxActive;
    this.#events = events;
  }

  get pendingParts(): number {
    return this.#pending.size;
  }

  /** The age of the oldest part that was not sent, in milliseconds. */
  get oldestMs(): number {
    const [oldest] = this.#pending.values();
    return oldest === undefined ? 0 : performance.now() - oldest.since;
  }

  /** Adds a part that is complete. */
  add(path: string, rows: number): void {
    const part = { ...this.#run.part(path), rows, since: performance.now() };
    this.#pending.set(path, part);
    this.pendingBytes += part.bytes;
    this.#pump();
  }

  /** Removes the oldest part that is not being sent. Returns what is lost, if there is one. */
  removeOldest(): { readonly rows: number; readonly bytes: number } | undefined {
    for (const part of this.#pending.values()) {
      if (this.#active.has(part.path)) continue;
      rmSync(part.path, { force: true });
      this.#remove(part);
      return part;
    }
    return undefined;
  }

  /** Tries at once after a failure. */
  retryNow(): void {
    this.#pause?.abort();
  }

  /** Settles when all parts so far were sent. Rejects with the next failure if `failsOnce`, or with one for people. */
  async drained(failsOnce: boolean): Promise<void> {
    const wanted = [...this.#pending.keys()];
    const failures = this.#failures;
    while (wanted.some((path) => this.#pending.has(path)) && !this.#ended.signal.aborted) {
      const { lastError } = this;
      const isFinal = lastError !== undefined && (failsOnce || !TEMPORARY.has(lastError.code));
      if (isFinal && this.#failures > failures) throw lastError;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Ends all uploads. What was not sent stays where it is. */
  end(): void {
    this.#ended.abort();
    this.#notify();
  }

  #pump(): void {
    if (this.#pause !== undefined || this.#ended.signal.aborted) return;
    for (const part of this.#pending.values()) {
      if (this.#active.size >= this.#maxActive) return;
      if (this.#active.has(part.path)) continue;
      this.#active.add(part.path);
      void this.#send(part);
    }
  }

  /** Never rejects. */
  async #send(part: Pending): Promise<void> {
    try {
      await sendPart(this.#store, this.#run.facts, part, this.#ended.signal);
      this.#remove(part);
      this.sentParts++;
      this.sentBytes += part.bytes;
      this.lastError = undefined;
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#events.onSent(part.bytes);
    } catch (error) {
      if (!this.#ended.signal.aborted) this.#fail(RerunError.from(error));
    }
    this.#active.delete(part.path);
    this.#notify();
    this.#pump();
  }

  #remove(part: Pending): void {
    this.#pending.delete(part.path);
    this.pendingBytes -= part.bytes;
  }

  #fail(error: RerunError): void {
    this.lastError = error;
    this.#failures++;
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

  #notify(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
