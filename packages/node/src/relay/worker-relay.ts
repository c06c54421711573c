import { existsSync } from "node:fs";
import { MessageChannel, Worker, receiveMessageOnPort } from "node:worker_threads";
import { RerunError, type EncodedMessage, type MessageMemory, type RerunErrorCode } from "@rerun-ts/core";
import { FreeMemory, REUSE_BYTES } from "../delivery/free-memory.ts";
import { NUMBERS, SharedCounters } from "../delivery/worker-protocol.ts";
import type { RelayStats } from "./health.ts";
import type { RelayHost, RelayHostEvents } from "./relay-host.ts";
import type { RelayServerOptions } from "./relay-server.ts";
import {
  SharedStats,
  type FromRelayWorker,
  type RelayMessageParts,
  type RelayWorkerSetup,
  type ToRelayWorker,
} from "./worker-relay-protocol.ts";

/** How long a worker may take to start. */
const START_MS = 2000;
/** How much may be on its way to the worker; more waits until it has caught up, which it always does: it waits for nobody. */
const MAX_UNRECEIVED_BYTES = 16 * 1024 * 1024;
/** Unless it is gone. */
const PATIENCE_MS = 2000;
const WAIT_MS = 20;
/** What the thread may need besides its time to close. */
const CLOSE_MS = 1000;

/** That there is no worker, and the calling thread must do its work. */
export class NoWorkerError extends Error {}

/** The worker's program; `undefined` in a bundle, which lacks it. */
export function findRelayWorkerEntry(): URL | undefined {
  try {
    const entry = new URL("./worker-relay-entry.js", import.meta.url);
    return existsSync(entry) ? entry : undefined;
  } catch {
    // A bundle of CommonJS does not even know where it is.
    return undefined;
  }
}

/** A relay that serves from a worker thread, which goes on while the calling thread is busy, and when the process ends. */
export class WorkerRelay implements RelayHost {
  readonly listening: Promise<number>;
  readonly #events: RelayHostEvents;
  readonly #worker: Worker;
  readonly #counters = new SharedCounters();
  readonly #stats = new SharedStats();
  /** Memory that has done its work comes back here. */
  readonly #returns = new MessageChannel();
  readonly #free = new FreeMemory();
  readonly #flushes = new Map<number, () => void>();
  #onListening: (port: number) => void = () => {};
  #onFailed: (error: Error) => void = () => {};
  #onClosed: () => void = () => {};
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  #posted = 0;
  #flushCount = 0;
  #lastDropReason: string | undefined;
  #isUnref = false;
  #isOver = false;

  constructor(entry: URL, options: RelayServerOptions, events: RelayHostEvents) {
    this.#events = events;
    const workerData: RelayWorkerSetup = {
      options,
      counters: this.#counters.buffer,
      stats: this.#stats.buffer,
      returns: this.#returns.port2,
    };
    const transferList = [this.#returns.port2];
    // Without the program's own arguments for Node: loaders only slow it down, or keep it from starting.
    this.#worker = new Worker(entry, { workerData, transferList, execArgv: [], name: "rerun-relay" });
    this.#returns.port1.unref();
    this.#worker.on("message", (message: FromRelayWorker) => this.#hear(message));
    this.#worker.on("error", (error) => this.#lose(error.message));
    this.#worker.on("exit", () => this.#lose("it ended"));
    this.listening = new Promise((resolve, reject) => {
      this.#onListening = resolve;
      this.#onFailed = reject;
    });
    this.listening.catch(() => {});
    this.#startTimer = setTimeout(() => this.#confirmStart(), START_MS);
  }

  get port(): number | undefined {
    const { port } = this.#stats;
    return port === 0 ? undefined : port;
  }

  get queuedBytes(): number {
    return this.#posted - (this.#counters.numbers[NUMBERS.received] as number);
  }

  send(message: EncodedMessage, memory?: MessageMemory): void {
    if (this.#isOver) return;
    const { kind, isStatic, payload, storeId } = message;
    this.#waitForRoom(payload.byteLength);
    this.#takeReturns();
    const canGo = memory !== undefined && payload.byteLength >= REUSE_BYTES;
    const own = canGo ? payload : this.#free.copy(payload);
    const { buffer: bytes, byteOffset: offset, byteLength: length } = own;
    const isBlueprint = storeId.kind === "blueprint";
    const parts: RelayMessageParts = { kind, isStatic, isBlueprint, bytes, offset, length };
    this.#post({ type: "message", message: parts }, [bytes]);
    this.#posted += length;
    for (const free of memory === undefined ? [] : this.#free.takeAll()) memory?.give(new Uint8Array(free));
  }

  async flush(): Promise<void> {
    if (this.#isOver) return;
    const id = this.#flushCount++;
    await this.#whileAlive(
      new Promise<void>((resolve) => {
        this.#flushes.set(id, resolve);
        this.#post({ type: "flush", id });
      }),
    );
  }

  async close(timeoutMs: number): Promise<void> {
    if (this.#isOver) return;
    const closed = new Promise<void>((resolve) => (this.#onClosed = resolve));
    this.#post({ type: "close", timeoutMs });
    const timer = setTimeout(() => this.#onClosed(), timeoutMs + CLOSE_MS);
    await this.#whileAlive(closed);
    clearTimeout(timer);
    this.#end();
  }

  closeSync(deadlineMs: number): boolean {
    if (this.#isOver) return true;
    const end = performance.now() + deadlineMs;
    this.#post({ type: "close", timeoutMs: deadlineMs });
    while (this.#counters.get("isFinished") === 0 && performance.now() < end)
      this.#counters.wait("isFinished", 0, end - performance.now());
    const isDone = this.#counters.get("isFinished") === 1;
    this.#end();
    return isDone;
  }

  unref(): void {
    this.#isUnref = true;
    this.#worker.unref();
  }

  stats(): RelayStats {
    return this.#stats.read(this.#lastDropReason);
  }

  /** A program that waits for the worker has something to do. */
  async #whileAlive(work: Promise<void>): Promise<void> {
    this.#worker.ref();
    await work;
    if (this.#isUnref) this.#worker.unref();
  }

  /** Waits while the worker is behind with taking messages: it never waits for readers itself. */
  #waitForRoom(size: number): void {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const before = this.#counters.get("progress");
      const { queuedBytes } = this;
      if (queuedBytes === 0 || queuedBytes + size <= MAX_UNRECEIVED_BYTES || performance.now() > end) return;
      this.#counters.wait("progress", before, WAIT_MS);
    }
  }

  /** Takes what has come back, without a turn of the event loop. */
  #takeReturns(): void {
    for (let got = receiveMessageOnPort(this.#returns.port1); got !== undefined;) {
      this.#free.give(got.message as ArrayBuffer);
      got = receiveMessageOnPort(this.#returns.port1);
    }
  }

  #post(message: ToRelayWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #hear(message: FromRelayWorker): void {
    switch (message.type) {
      case "listening":
        clearTimeout(this.#startTimer);
        return this.#onListening(message.port);
      case "failed": {
        this.#end();
        return this.#onFailed(new RerunError(message.error.code as RerunErrorCode, message.error.message));
      }
      case "dropped":
        this.#lastDropReason = message.reason;
        return;
      case "refused":
        return this.#events.onRefused(message.reason);
      case "flushed":
        this.#flushes.get(message.id)?.();
        this.#flushes.delete(message.id);
        return;
      case "closed":
        return this.#onClosed();
    }
  }

  /** Looks whether the worker has started at all; how long it then takes to listen is another matter. */
  #confirmStart(): void {
    if (this.#counters.get("isReady") === 0) this.#lose(`it did not start within ${START_MS} ms`);
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    const hasListened = this.port !== undefined;
    this.#end();
    this.#onFailed(new NoWorkerError(reason));
    if (hasListened) this.#events.onLost(new RerunError("INTERNAL", `the worker that serves is gone: ${reason}`));
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#startTimer);
    for (const settle of this.#flushes.values()) settle();
    this.#flushes.clear();
    this.#onClosed();
    this.#returns.port1.close();
    void this.#worker.terminate();
  }
}
