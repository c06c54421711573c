import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import { deserializeError, rowsIn } from "@rerun-ts/core/transport";
import { START_TIMEOUT_MS, WorkerThread, type WorkerReply } from "../../worker/worker-thread.ts";
import type { RelayServerOptions } from "../relay-server.ts";
import type { RelayStats } from "../relay-stats.ts";
import type { RelayRunner, RelayRunnerEvents } from "./relay-runner.ts";
import {
  SharedStats,
  type FromRelayWorker,
  type RelayMessageParts,
  type ToRelayWorker,
} from "./relay-worker-protocol.ts";

/**
 * The maximum size of posted messages that the worker has not received. Above it, logging blocks until the worker
 * catches up.
 */
const MAX_UNRECEIVED_BYTES = 16 * 1024 * 1024;
/** Longest time that the worker may take to report that it has closed, in addition to the time it was given. */
const CLOSE_MS = 1000;

/** The error for a worker that did not start: the calling thread must serve instead. */
export class NoWorkerError extends Error {}

/** A {@link RelayRunner} in a worker thread, which serves while the calling thread is busy or the process exits. */
export class WorkerRelay implements RelayRunner {
  readonly listening: Promise<number>;
  readonly #events: RelayRunnerEvents;
  readonly #thread: WorkerThread<ToRelayWorker, FromRelayWorker>;
  readonly #stats = new SharedStats();
  #onListening: (port: number) => void = () => {};
  #onFailed: (error: Error) => void = () => {};
  #onClosed: (isDone: boolean) => void = () => {};
  #lastDropReason: string | undefined;
  #postedRows = 0;
  #isUnref = false;
  #isClosing = false;
  #isEnded = false;

  constructor(entry: URL, options: RelayServerOptions, events: RelayRunnerEvents) {
    this.#events = events;
    this.listening = new Promise((resolve, reject) => {
      this.#onListening = resolve;
      this.#onFailed = reject;
    });
    this.listening.catch(() => {});
    this.#thread = new WorkerThread(
      entry,
      { name: "rerun-relay", workerData: { options, stats: this.#stats.buffer } },
      {
        onReady: () => {},
        onMessage: (message) => this.#onMessage(message),
        onLost: (reason) => this.#onWorkerLost(reason),
        onReturn: (buffer) => events.onRelease(new Uint8Array(buffer)),
      },
    );
  }

  get port(): number | undefined {
    const { port } = this.#stats;
    return port === 0 ? undefined : port;
  }

  get queuedBytes(): number {
    return this.#thread.unreceivedBytes;
  }

  send(encoded: EncodedMessage): void {
    const { kind, isStatic, payload, storeId } = encoded;
    const rows = rowsIn([encoded]);
    if (this.#isEnded) return this.#events.onUnreceived(rows, payload.byteLength);
    this.#postedRows += rows;
    const { buffer: bytes, byteOffset: offset, byteLength: length } = payload;
    this.#waitForRoom(length);
    this.#thread.collectReturns();
    const isBlueprint = storeId.kind === "blueprint";
    const message: RelayMessageParts = { kind, isStatic, isBlueprint, bytes, offset, length, rows };
    this.#thread.postBuffer({ type: "message", message }, bytes, length);
  }

  async flush(): Promise<void> {
    if (!this.#isEnded) await this.#keepingAlive(this.#thread.flush(false));
  }

  async close(timeoutMs: number): Promise<boolean> {
    if (this.#isEnded) return true;
    const closed = new Promise<boolean>((resolve) => (this.#onClosed = resolve));
    this.beginClose(timeoutMs);
    const timer = setTimeout(() => this.#onClosed(false), timeoutMs + CLOSE_MS);
    const isDone = await this.#keepingAlive(closed);
    clearTimeout(timer);
    void this.#end();
    return isDone;
  }

  beginClose(deadlineMs: number): void {
    if (this.#isEnded || this.#isClosing) return;
    this.#isClosing = true;
    this.#thread.post({ type: "close", timeoutMs: deadlineMs });
  }

  closeSync(deadlineMs: number): boolean {
    if (this.#isEnded) return true;
    this.beginClose(deadlineMs);
    const isDone = this.#thread.waitFinished(deadlineMs);
    void this.#end();
    return isDone;
  }

  unref(): void {
    this.#isUnref = true;
    this.#thread.unref();
  }

  stats(): RelayStats {
    return this.#stats.read(this.#lastDropReason);
  }

  /** Keeps the process alive while it waits for the worker. */
  async #keepingAlive<T>(work: Promise<T>): Promise<T> {
    this.#thread.ref();
    const result = await work;
    if (this.#isUnref) this.#thread.unref();
    return result;
  }

  #waitForRoom(size: number): void {
    const isBehind = (): boolean => this.queuedBytes > 0 && this.queuedBytes + size > MAX_UNRECEIVED_BYTES;
    this.#thread.waitWhile(isBehind, "received", START_TIMEOUT_MS);
  }

  #onMessage(message: Exclude<FromRelayWorker, WorkerReply>): void {
    switch (message.type) {
      case "listening":
        return this.#onListening(message.port);
      case "failed":
        void this.#end();
        return this.#onFailed(deserializeError(message.error));
      case "readerDisconnected":
        this.#lastDropReason = message.reason;
        return;
      case "rejected":
        return this.#events.onRejected(message.reason, message.rows, message.bytes);
      case "refused":
        return this.#events.onRefused(message.reason);
      case "closed":
        return this.#onClosed(message.isDone);
    }
  }

  #onWorkerLost(reason: string): void {
    if (this.#isEnded) return;
    const hasListened = this.port !== undefined;
    // Wait for the end of its thread, which may still bind the port until then.
    void this.#end().then(() => this.#onFailed(new NoWorkerError(reason)));
    if (hasListened) this.#events.onLost(new RerunError("INTERNAL", `lost the worker that serves: ${reason}`));
  }

  async #end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { unreceivedBytes, counters } = this.#thread;
    if (unreceivedBytes > 0)
      this.#events.onUnreceived(this.#postedRows - counters.get("acknowledgedRows"), unreceivedBytes);
    this.#onClosed(false);
    await this.#thread.end();
  }
}
