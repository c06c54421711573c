import { RerunError } from "@rerun-ts/core";
import { DueWork } from "../status/due-work.ts";
import { StoreGate, isAway } from "../store/store-gate.ts";
import type { PartsSinkUploads } from "./parts-sink-uploads.ts";
import { PartQueue, refusedParts, type Pending, type WaitingPart } from "./part-queue.ts";

export type { WaitingPart } from "./part-queue.ts";

/** Interval of looks for uploads that hang. */
const LOOK_MS = 10_000;

/** Events of {@link PartUploader}. */
export interface UploaderEvents<Part> {
  /** An upload has failed because of the store, and will be tried again. */
  readonly onFailure: (error: RerunError) => void;
  /** A part was refused, and is kept for further attempts. Called with the number of refused parts. */
  readonly onRefused?: ((error: RerunError, part: Part, count: number) => void) | undefined;
  /** A part was removed to make room. */
  readonly onRemoved?: ((part: Part) => void) | undefined;
  /** A part was sent. */
  readonly onSent: (bytes: number) => void;
  /** There was nothing to send, because others have removed the part. */
  readonly onGone?: ((part: Part) => void) | undefined;
}

/** The place of the parts of a {@link PartUploader}. */
export interface PartTransfer<Part> {
  /** Sends a part, and removes it. Resolves to `false` if there was nothing to send, because others have removed it. */
  send(part: Part, signal: AbortSignal): Promise<boolean>;
  /** Removes a part to make room. */
  remove(part: Part): void;
}

/**
 * Sends the parts of one run, several at a time and the oldest first, until they have arrived. A part that is refused
 * waits on its own, and the others go on. While the store is away, all wait.
 */
export class PartUploader<Part extends WaitingPart> {
  sentParts = 0;
  sentBytes = 0;
  /** The failure since which nothing was sent. */
  lastError: RerunError | undefined;
  readonly #transfer: PartTransfer<Part>;
  readonly #events: UploaderEvents<Part>;
  readonly #ended = new AbortController();
  readonly #queue = new PartQueue<Part>();
  #active = 0;
  readonly #waiting = new Set<() => void>();
  readonly #maxActive: number;
  readonly #gate: StoreGate;
  readonly #onGate = (): void => this.#pump();
  /** Wakes the part that is due next. */
  #wake: ReturnType<typeof setTimeout> | undefined;
  readonly #work = new DueWork("parts");
  #look: ReturnType<typeof setTimeout> | undefined;

  /** @param gate the uploads of all sinks to the store. Default: those of this one */
  constructor(
    transfer: PartTransfer<Part>,
    maxActive: number,
    events: UploaderEvents<Part>,
    gate: StoreGate = new StoreGate(),
  ) {
    this.#gate = gate;
    this.#transfer = transfer;
    this.#maxActive = maxActive;
    this.#events = events;
  }

  get pendingParts(): number {
    return this.#queue.size;
  }

  get pendingBytes(): number {
    return this.#queue.bytes;
  }

  /** All that is known of the uploads. */
  state(): PartsSinkUploads {
    const { pendingParts, pendingBytes, sentParts, sentBytes, lastError } = this;
    const { oldestMs } = this.#queue;
    const { secondsSinceSuccess, problem } = this.#work.report();
    return { pendingParts, pendingBytes, oldestMs, secondsSinceSuccess, problem, sentParts, sentBytes, lastError };
  }

  /** The number of pending parts of this program. */
  get ownParts(): number {
    return this.#queue.count(({ part }) => part.isLeft !== true);
  }

  /** The bytes of pending parts of this program. */
  get ownBytes(): number {
    let bytes = 0;
    for (const { part } of this.#queue.all) if (part.isLeft !== true) bytes += part.bytes;
    return bytes;
  }

  /** When the oldest part that can be removed was complete, on the monotonic clock. `Infinity` if there is none. */
  get oldestRemovable(): number {
    return this.#queue.removable()?.since ?? Infinity;
  }

  /** Adds a part that is complete. */
  add(part: Part): void {
    this.reserve(part);
    this.start(part);
  }

  /** Counts a part as pending that is being stored. */
  reserve(part: Part): void {
    this.#queue.add(part);
    this.#noteWaiting();
  }

  /** Sends a part that has just been stored. */
  start({ name }: Part): void {
    const pending = this.#queue.get(name);
    if (pending === undefined) return;
    pending.isReady = true;
    this.#pump();
  }

  /**
   * Removes the oldest part that is not being sent. Returns the lost rows and bytes, or `undefined` if there is no such
   * part.
   *
   * @param isOwn whether parts of earlier programs stay
   */
  removeOldest(isOwn = false): { readonly rows: number; readonly bytes: number } | undefined {
    const part = this.#queue.removable(isOwn)?.part;
    if (part === undefined) return undefined;
    // The rows of a part of an earlier program are counted in its file.
    const { rows, bytes } = part;
    this.#transfer.remove(part);
    this.#remove(part);
    this.#events.onRemoved?.(part);
    return { rows, bytes };
  }

  /** Forgets the parts that earlier programs have left. They stay where they are. */
  forgetLeft(): void {
    for (const { part } of this.#queue.all) if (part.isLeft === true) this.#remove(part);
  }

  /** Tries all parts as soon as possible after failures. */
  retryNow(): void {
    this.#queue.retryNow();
    if (this.#gate.isAway) this.#gate.hurry();
    this.#pump();
  }

  /**
   * Settles when all parts so far were sent or refused.
   *
   * @throws {RerunError} the refusals, with the names of the parts
   */
  async drained(): Promise<void> {
    const wanted = new Map<Pending<Part>, number>();
    for (const pending of this.#queue.all) if (pending.part.isLeft !== true) wanted.set(pending, pending.failures);
    const refused: Pending<Part>[] = [];
    for (; !this.#ended.signal.aborted; await this.#progress()) {
      for (const [pending, failures] of wanted) {
        const isPending = this.#queue.get(pending.part.name) === pending;
        const isTried = pending.failures > failures || this.#queue.isHeld(pending);
        const isRefused = isPending && pending.refusal !== undefined && isTried;
        if (isRefused) refused.push(pending);
        if (isRefused || !isPending) wanted.delete(pending);
      }
      if (wanted.size === 0) break;
    }
    if (refused.length > 0) throw refusedParts(refused);
  }

  /**
   * Sends everything within a time, and repeats failed uploads. Never rejects.
   *
   * @param withLeft whether parts of earlier programs are tried once, too, unless the store is away
   */
  async finish(timeoutMs: number, signal: AbortSignal | undefined, withLeft = false): Promise<void> {
    const isDone = (): boolean =>
      this.ownParts === 0 &&
      (!withLeft ||
        this.#gate.isAway ||
        this.#queue.count(({ part, failures }) => part.isLeft === true && failures === 0) === 0);
    if (isDone()) return;
    this.retryNow();
    const limit = AbortSignal.timeout(Math.ceil(Math.min(timeoutMs, 2 ** 31 - 1)));
    const ended = signal === undefined ? limit : AbortSignal.any([limit, signal]);
    const end = (): void => this.end();
    if (ended.aborted) end();
    ended.addEventListener("abort", end, { once: true });
    // Unsent parts stay where they are.
    while (!isDone() && !this.#ended.signal.aborted) await this.#progress();
    ended.removeEventListener("abort", end);
  }

  /** Ends all uploads. Unsent parts stay where they are. */
  end(): void {
    this.#ended.abort();
    clearTimeout(this.#look);
    clearTimeout(this.#wake);
    this.#gate.leave(this.#onGate);
    if (this.#active > 0) this.#gate.abandon();
    this.#notify();
  }

  #pump(): void {
    clearTimeout(this.#wake);
    while (this.#active < this.#maxActive && !this.#ended.signal.aborted) {
      const next = this.#queue.next();
      if (next === undefined) return;
      const dueInMs = this.#queue.dueAt(next) - performance.now();
      if (dueInMs > 0) {
        this.#wake = setTimeout(this.#onGate, dueInMs);
        return;
      }
      if (!this.#gate.enter(this.#onGate)) return;
      this.#active++;
      next.isActive = true;
      void this.#send(next);
    }
  }

  /** Never rejects. */
  async #send(pending: Pending<Part>): Promise<void> {
    const { part } = pending;
    try {
      const isSent = await this.#transfer.send(part, this.#ended.signal);
      this.#remove(part);
      if (isSent) this.#noteSent(part.bytes);
      else {
        this.#gate.abandon();
        this.#events.onGone?.(part);
      }
    } catch (error) {
      if (this.#ended.signal.aborted) this.#gate.abandon();
      else this.#fail(pending, RerunError.from(error));
    }
    this.#active--;
    pending.isActive = false;
    this.#notify();
    this.#pump();
  }

  #noteSent(bytes: number): void {
    this.sentParts++;
    this.sentBytes += bytes;
    this.#work.succeed();
    this.#queue.accept();
    this.#gate.answer();
    this.lastError = undefined;
    this.#events.onSent(bytes);
  }

  #remove(part: Part): void {
    this.#queue.remove(part);
    this.#work.recover(part.name);
    this.#noteWaiting();
  }

  /** Notes whether parts wait. An upload that hangs does not fail, so it is looked at after a while. */
  #noteWaiting(): void {
    const isWaiting = this.#queue.size > 0;
    this.#work.setWaiting(isWaiting, this.pendingBytes);
    if (isWaiting && this.#look === undefined) this.#lookLater();
  }

  #lookLater(): void {
    this.#look = setTimeout(() => {
      this.#look = undefined;
      if (this.#queue.size === 0 || this.#ended.signal.aborted) return;
      const { problem } = this.#work.report();
      if (problem !== undefined) this.#events.onFailure(new RerunError("TIMEOUT", problem));
      this.#lookLater();
    }, LOOK_MS);
    // Pages have no such method.
    (this.#look as { unref?: () => unknown }).unref?.();
  }

  #fail(pending: Pending<Part>, error: RerunError): void {
    const { part } = pending;
    const isNew = pending.refusal === undefined;
    pending.failures++;
    this.#work.fail(part.name, error.message);
    this.lastError = error;
    if (isAway(error)) {
      pending.refusal = undefined;
      this.#gate.fail(error);
      return this.#events.onFailure(error);
    }
    this.#queue.refuse(pending, error);
    // After a local fault, the store has not answered.
    if (error.code === "IO_ERROR") this.#gate.abandon();
    else this.#gate.answer();
    if (isNew)
      this.#events.onRefused?.(
        error,
        part,
        this.#queue.count(({ refusal }) => refusal !== undefined),
      );
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
