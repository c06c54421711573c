import { statSync } from "node:fs";
import { MessageChannel, receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { messageOf } from "@rerun-ts/core/checks";
import { clearRealTimeout, now, realTimeout } from "@rerun-ts/core/util";
import { SharedCounters, type CounterName } from "./shared-counters.ts";
import { SharedWorker, startOwnWorker, type WorkerLink, type WorkerOptions } from "./worker-link.ts";

/** Longest time that a worker may take to start. */
export const START_TIMEOUT_MS = 2000;
/** Longest time to block before a condition is checked again. */
const WAIT_MS = 20;

/** The data of every connection to a worker, besides its specific data. */
export interface WorkerBasics {
  /** The memory of the {@link SharedCounters}. */
  readonly counters: SharedArrayBuffer;
  /** The port to which the worker posts memory that it no longer needs. */
  readonly returns: MessagePort;
}

/** The message that every worker understands: it replies when it has processed everything before it. */
export interface FlushRequest {
  readonly type: "flush";
  readonly id: number;
  readonly ack: boolean;
}

/** The messages that every worker posts: once when it runs, and for each completed flush. */
export type WorkerReply = { readonly type: "ready" } | { readonly type: "flushed"; readonly id: number };

/** Options of a {@link WorkerThread}. */
export interface WorkerThreadOptions extends WorkerOptions {
  readonly workerData: object;
}

/** The events that a {@link WorkerThread} reports. None is reported after `end`. */
export interface WorkerThreadEvents<Message> {
  onMessage(message: Message): void;
  /** The worker runs. */
  onReady(): void;
  /** The worker did not start in time, or has ended. */
  onLost(reason: string): void;
  /** The worker is done with a buffer. */
  onReturn(buffer: ArrayBuffer): void;
}

/** A flush that the worker has not confirmed. */
export interface PendingFlush {
  readonly ack: boolean;
  readonly settle: () => void;
}

/** The file of a worker's program beside the module at `base`. `undefined` in a bundle, which lacks the file. */
export function findWorkerEntry(name: string, base: string | undefined): URL | undefined {
  try {
    const entry = new URL(name, base);
    statSync(entry);
    return entry;
  } catch (error) {
    // A Deno program may start a worker without permission to read its file. A CommonJS bundle has no
    // `import.meta.url`.
    return (error as Error).name === "NotCapable" ? new URL(name, base) : undefined;
  }
}

/**
 * Starts a worker from its file beside the module at `base`. Calls `onFallback` with the reason and returns `undefined`
 * if there is no file, or if this process may not start workers, as with `--permission`.
 */
export function startWorker<T>(
  name: string,
  base: string | undefined,
  start: (entry: URL) => T,
  onFallback: (reason: string) => void,
): T | undefined {
  const entry = findWorkerEntry(name, base);
  try {
    if (entry !== undefined) return start(entry);
    onFallback("its file is missing, as in bundles");
  } catch (error) {
    onFallback(messageOf(error));
  }
  return undefined;
}

/**
 * A worker thread that receives messages with their memory. The calling thread uses this object. Both threads share
 * {@link SharedCounters}, so that the calling thread can wait for the worker without yielding to the event loop.
 *
 * The worker starts when this object is created, or is shared with others. If it does not run within 2 seconds, fails
 * or exits, `onLost` is called, and the owner decides what becomes of its messages. Buffers come back over a separate
 * port and are collected on demand. `end` ends the connection, and a worker of its own, and settles pending flushes. A
 * worker of its own keeps the process alive unless `unref` is called.
 */
export class WorkerThread<ToWorker extends object, FromWorker extends { readonly type: string }> {
  readonly counters: SharedCounters = new SharedCounters();
  readonly #events: WorkerThreadEvents<Exclude<FromWorker, WorkerReply>>;
  readonly #link: WorkerLink;
  readonly #returns = new MessageChannel();
  readonly #flushes = new Map<number, PendingFlush>();
  readonly #startedAt = now();
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  /** Counters whose wait has timed out, with their values then: they are not waited for again until they change. */
  readonly #stuckAt = new Map<CounterName, number>();
  #postedBytes = 0;
  #flushCount = 0;
  #isEnded = false;

  constructor(
    worker: URL | SharedWorker,
    options: WorkerThreadOptions,
    events: WorkerThreadEvents<Exclude<FromWorker, WorkerReply>>,
  ) {
    this.#events = events;
    const { port1, port2 } = this.#returns;
    const basics: WorkerBasics = { counters: this.counters.buffer, returns: port2 };
    const workerData = { ...options.workerData, ...basics };
    const linkEvents = {
      onMessage: (message: unknown) => this.#onMessage(message as FromWorker | WorkerReply),
      onLost: (reason: string) => this.#onLost(reason),
    };
    this.#link =
      worker instanceof SharedWorker
        ? worker.open(workerData, [port2], linkEvents)
        : startOwnWorker(worker, options, workerData, [port2], linkEvents);
    port1.unref();
    this.#watchStart();
  }

  /** Checks the start in time. A timer counts whole milliseconds, so it may be early. */
  #watchStart(): void {
    const remainingMs = this.#startedAt + START_TIMEOUT_MS - now();
    if (remainingMs <= 0) return this.checkStarted();
    this.#startTimer = realTimeout(() => this.#watchStart(), Math.ceil(remainingMs));
    this.#startTimer.unref();
  }

  /** Whether the worker runs, also while the event loop does not. */
  get isReady(): boolean {
    return this.counters.has("isReady");
  }

  /** Bytes that were posted and that the worker has not received. */
  get unreceivedBytes(): number {
    return this.#postedBytes - this.counters.get("received");
  }

  /** Bytes that were posted with messages. */
  get postedBytes(): number {
    return this.#postedBytes;
  }

  /** Posts a message without memory. */
  post(message: ToWorker | FlushRequest): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
    if (!this.#isEnded) this.#link.postMessage(message);
  }

  /** Posts a message and transfers its buffer. Counts `length` bytes. */
  postBuffer(message: ToWorker, buffer: ArrayBuffer, length: number): void {
    if (this.#isEnded) return;
    this.#link.postMessage(message, [buffer]);
    this.#postedBytes += length;
  }

  /**
   * Settles when the worker has processed everything so far, or has ended. With `ack`, settles when everything is
   * acknowledged.
   */
  flush(ack: boolean): Promise<void> {
    if (this.#isEnded) return Promise.resolve();
    const id = this.#flushCount++;
    return new Promise((settle) => {
      this.#flushes.set(id, { ack, settle });
      this.post({ type: "flush", id, ack });
    });
  }

  /** Removes and returns the flushes that the worker has not confirmed. */
  takeFlushes(): PendingFlush[] {
    const pending = [...this.#flushes.values()];
    this.#flushes.clear();
    return pending;
  }

  /** Reports the worker as lost if it has not started in time, even while the event loop does not run. */
  checkStarted(): void {
    if (this.#isEnded || this.isReady || now() - this.#startedAt < START_TIMEOUT_MS) return;
    this.#onLost(`it did not start within ${START_TIMEOUT_MS} ms`);
  }

  /** Reports the buffers that have come back, without yielding to the event loop. */
  collectReturns(): void {
    const { port1 } = this.#returns;
    for (let next = receiveMessageOnPort(port1); next !== undefined; next = receiveMessageOnPort(port1))
      this.#events.onReturn(next.message as ArrayBuffer);
  }

  /**
   * Blocks while a condition holds, but no longer than `limitMs` without a change of the counter. After such a timeout
   * it does not block again until the counter has changed.
   */
  waitWhile(condition: () => boolean, counter: CounterName, limitMs: number): void {
    let value = this.counters.get(counter);
    let changedAt = now();
    for (;;) {
      const progress = this.counters.flag("progress");
      if (this.#stuckAt.get(counter) === value || !condition()) return;
      this.counters.wait("progress", progress, WAIT_MS);
      const next = this.counters.get(counter);
      if (next !== value) [value, changedAt] = [next, now()];
      else if (now() - changedAt >= limitMs) this.#stuckAt.set(counter, value);
    }
  }

  /**
   * Blocks until the worker has finished, at most for `deadlineMs`, and at most for `connectMs` without a connection.
   * Returns whether the worker has finished.
   */
  waitFinished(deadlineMs: number, connectMs: number = Infinity): boolean {
    const end = now() + deadlineMs;
    let connectDeadline = Infinity;
    for (let time = now(); time < Math.min(end, connectDeadline); time = now()) {
      if (this.counters.has("isFinished")) return true;
      const isConnecting = this.isReady && !this.counters.has("isOpen");
      connectDeadline = isConnecting ? Math.min(connectDeadline, time + connectMs) : Infinity;
      this.counters.wait("isFinished", 0, Math.min(end - time, WAIT_MS));
    }
    return this.counters.has("isFinished");
  }

  /** Keeps the process alive as long as the worker runs. */
  ref(): void {
    this.#link.ref();
  }

  /** Lets the process end although the worker runs. */
  unref(): void {
    this.#link.unref();
  }

  /** Ends the connection, and a worker of its own. Settles pending flushes. */
  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearRealTimeout(this.#startTimer);
    for (const { settle } of this.takeFlushes()) settle();
    this.#returns.port1.close();
    this.counters.setFlag("isEnded", 1);
    await this.#link.end();
  }

  #onMessage(message: FromWorker | WorkerReply): void {
    if (this.#isEnded) return;
    if (isFlushed(message)) {
      this.#flushes.get(message.id)?.settle();
      this.#flushes.delete(message.id);
    } else if (message.type === "ready") {
      clearRealTimeout(this.#startTimer);
      this.#events.onReady();
    } else {
      this.#events.onMessage(message as Exclude<FromWorker, WorkerReply>);
    }
  }

  #onLost(reason: string): void {
    if (!this.#isEnded) this.#events.onLost(reason);
  }
}

function isFlushed(message: { readonly type: string }): message is Extract<WorkerReply, { type: "flushed" }> {
  return message.type === "flushed";
}
