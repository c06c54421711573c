import { MessageChannel, Worker, receiveMessageOnPort } from "node:worker_threads";
import { RerunError, type EncodedMessage, type RerunErrorCode } from "@rerun-ts/core";
import type { Delivery, DeliveryEvents, DeliveryOptions, DeliveryProgress } from "./delivery.ts";
import { LocalDelivery } from "./local-delivery.ts";
import {
  NUMBERS,
  SharedCounters,
  type FromWorker,
  REUSE_BYTES,
  type MessageParts,
  type PlainError,
  type ToWorker,
  type WorkerSetup,
} from "./worker-protocol.ts";

/** How long a worker may take to start. */
const START_MS = 2000;
/** How much of the queue may be on its way to the worker, without being received: a part of it, at most this. */
const MAX_UNRECEIVED_BYTES = 16 * 1024 * 1024;
const UNRECEIVED_PART = 4;
/** How much memory is kept for later messages. */
const MAX_FREE = 8;
/** The longest to wait for a worker that receives nothing. */
const STUCK_MS = 1000;
/** The longest to wait without looking. */
const WAIT_MS = 20;

/** What a {@link WorkerDelivery} needs besides what every delivery needs. */
export interface WorkerDeliveryOptions extends DeliveryOptions {
  /** Whether logging waits while the queue is full and moves. */
  readonly canBlock: boolean;
  /** How long it may stand still before logging goes on. */
  readonly blockTimeoutMs: number;
  /** Told once if there is no worker after all, and the calling thread sends. */
  readonly onFallback: (reason: string) => void;
}

/**
 * Takes messages to a server in a worker thread, which goes on while the calling thread is busy: a loop that never
 * lets go keeps streaming, and the end of the process can wait for what is still under way.
 */
export class WorkerDelivery implements Delivery {
  readonly #options: WorkerDeliveryOptions;
  readonly #events: DeliveryEvents;
  readonly #counters = new SharedCounters();
  readonly #worker: Worker;
  readonly #maxUnreceived: number;
  /** Memory that has done its work comes back here. */
  readonly #returns = new MessageChannel();
  readonly #free: ArrayBuffer[] = [];
  readonly #flushes = new Map<number, () => void>();
  /** What was handed over before the worker was known to run; kept in case that it does not. */
  #unconfirmed: EncodedMessage[] | undefined = [];
  #fallback: LocalDelivery | undefined;
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  #posted = 0;
  #flushCount = 0;
  #isOver = false;
  #onFinished: () => void = () => {};

  constructor(options: WorkerDeliveryOptions, events: DeliveryEvents) {
    this.#options = options;
    this.#events = events;
    const { url, limits, headers, tls } = options;
    this.#maxUnreceived = Math.min(MAX_UNRECEIVED_BYTES, limits.maxQueueBytes / UNRECEIVED_PART);
    const workerData: WorkerSetup = {
      ...url,
      headers: plainHeaders(headers),
      tls,
      limits: { ...limits, maxQueueBytes: limits.maxQueueBytes - this.#maxUnreceived },
      counters: this.#counters.buffer,
      returns: this.#returns.port2,
    };
    const entry = new URL("./worker-entry.js", import.meta.url);
    this.#worker = new Worker(entry, { workerData, transferList: [this.#returns.port2], name: "rerun-grpc" });
    this.#returns.port1.unref();
    this.#worker.on("message", (message: FromWorker) => this.#hear(message));
    this.#worker.on("error", (error) => this.#loseWorker(error.message));
    this.#worker.on("exit", () => this.#loseWorker("it ended"));
    // After the listeners, each of which keeps the program alive.
    this.#worker.unref();
    this.#startTimer = setTimeout(() => this.#checkStart(), START_MS);
    this.#startTimer.unref();
  }

  get progress(): DeliveryProgress {
    if (this.#fallback !== undefined) return this.#fallback.progress;
    const { numbers } = this.#counters;
    return {
      sentBytes: numbers[NUMBERS.sent] as number,
      waitingBytes: (numbers[NUMBERS.waiting] as number) + this.#unreceived,
      queuedBytes: (numbers[NUMBERS.queued] as number) + this.#unreceived,
      reconnects: numbers[NUMBERS.reconnects] as number,
    };
  }

  get keepsMessages(): boolean {
    return this.#fallback !== undefined;
  }

  /** Bytes on their way to the worker. */
  get #unreceived(): number {
    return this.#posted - (this.#counters.numbers[NUMBERS.received] as number);
  }

  send(message: EncodedMessage): void {
    if (this.#fallback !== undefined) return this.#fallback.send(message);
    this.#unconfirmed?.push({ ...message, payload: message.payload.slice() });
    this.#waitForRoom(message.payload.byteLength);
    const parts = toParts(message, this.#memoryFor(message));
    this.#post({ type: "message", message: parts }, [parts.bytes]);
    this.#posted += parts.length;
  }

  async flush(ack: boolean): Promise<void> {
    if (this.#fallback !== undefined) return this.#fallback.flush(ack);
    if (this.#isOver) return;
    const id = this.#flushCount++;
    this.#worker.ref();
    await new Promise<void>((resolve) => {
      this.#flushes.set(id, resolve);
      this.#post({ type: "flush", id, ack });
    });
    if (this.#flushes.size === 0) this.#worker.unref();
  }

  async finish(): Promise<void> {
    if (this.#fallback !== undefined) return this.#fallback.finish();
    if (this.#isOver) return;
    this.#worker.ref();
    const finished = new Promise<void>((resolve) => (this.#onFinished = resolve));
    this.#post({ type: "finish" });
    await finished;
    this.#end();
  }

  abort(): void {
    if (this.#fallback !== undefined) return this.#fallback.abort();
    if (this.#isOver) return;
    const { queuedBytes } = this.progress;
    if (queuedBytes > 0) this.#events.onDrop({ rows: 0, bytes: queuedBytes, reason: "closed" });
    this.#end();
  }

  finishSync(deadlineMs: number): boolean {
    if (this.#fallback !== undefined) return this.#fallback.finishSync();
    if (this.#isOver) return true;
    this.#post({ type: "finish" });
    const end = performance.now() + deadlineMs;
    while (this.#counters.get("isFinished") === 0 && performance.now() < end) {
      this.#counters.wait("isFinished", 0, end - performance.now());
    }
    const isDone = this.#counters.get("isFinished") === 1 && this.progress.queuedBytes === 0;
    if (isDone) this.#end();
    else this.abort();
    return isDone;
  }

  /** Waits while the worker is behind, or the queue is full and moves; after that something has to be given up. */
  #waitForRoom(size: number): void {
    const { canBlock, blockTimeoutMs, limits } = this.#options;
    const isBehind = (): boolean => this.#unreceived > 0 && this.#unreceived + size > this.#maxUnreceived;
    const isFull = (): boolean =>
      canBlock && this.#counters.get("isOpen") === 1 && this.progress.queuedBytes + size > limits.maxQueueBytes;
    let movedAt: number | undefined;
    let before = this.#counters.get("progress");
    while (isBehind() || isFull()) {
      this.#counters.wait("progress", before, WAIT_MS);
      const now = this.#counters.get("progress");
      if (now !== before || movedAt === undefined) [before, movedAt] = [now, performance.now()];
      if (performance.now() - movedAt > Math.max(blockTimeoutMs, STUCK_MS)) return;
    }
  }

  /** Memory for a message; for a large one such as was used before, which costs less than new memory. */
  #memoryFor({ payload: { byteLength }, isStatic }: EncodedMessage): ArrayBuffer {
    // Static messages stay with the worker, and in small ones there is nothing to gain.
    if (isStatic || byteLength < REUSE_BYTES) return new ArrayBuffer(byteLength);
    for (let got = receiveMessageOnPort(this.#returns.port1); got !== undefined;) {
      if (this.#free.push(got.message as ArrayBuffer) > MAX_FREE) this.#free.shift();
      got = receiveMessageOnPort(this.#returns.port1);
    }
    const index = this.#free.findIndex((free) => free.byteLength >= byteLength && free.byteLength <= byteLength * 2);
    return index < 0
      ? new ArrayBuffer(byteLength + (byteLength >> 3))
      : (this.#free.splice(index, 1)[0] as ArrayBuffer);
  }

  #post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    if (!this.#isOver) this.#worker.postMessage(message, transfer);
  }

  #hear(message: FromWorker): void {
    if (this.#isOver) return;
    switch (message.type) {
      case "ready":
        this.#unconfirmed = undefined;
        clearTimeout(this.#startTimer);
        return;
      case "state":
        return this.#events.onState(message.state, fromPlain(message.error));
      case "drop":
        return this.#events.onDrop(message);
      case "failure":
        this.#settleAll();
        this.#end();
        return this.#events.onFailure(fromPlain(message.error) as RerunError);
      case "flushed":
        this.#flushes.get(message.id)?.();
        this.#flushes.delete(message.id);
        return;
      case "finished":
        return this.#onFinished();
    }
  }

  #checkStart(): void {
    if (this.#counters.get("isReady") === 0) this.#loseWorker(`it did not start within ${START_MS} ms`);
  }

  /** Goes on in this thread if the worker never ran; else it is over. */
  #loseWorker(reason: string): void {
    if (this.#isOver || this.#fallback !== undefined) return;
    const unconfirmed = this.#unconfirmed;
    if (unconfirmed === undefined || this.#counters.get("isReady") === 1) {
      this.#settleAll();
      this.#end();
      this.#events.onFailure(
        new RerunError("INTERNAL", `the worker that sends to ${this.#options.url.href} is gone: ${reason}`),
      );
      return;
    }
    this.#options.onFallback(reason);
    this.#fallback = new LocalDelivery(this.#options, this.#events);
    for (const message of unconfirmed) this.#fallback.send(message);
    this.#unconfirmed = undefined;
    const fallback = this.#fallback;
    for (const settle of this.#flushes.values()) void fallback.flush(false).then(settle);
    void this.#worker.terminate();
  }

  #settleAll(): void {
    for (const settle of this.#flushes.values()) settle();
    this.#flushes.clear();
    this.#onFinished();
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#startTimer);
    this.#settleAll();
    this.#returns.port1.close();
    void this.#worker.terminate();
  }
}

/** A copy of a message in `bytes`, to go to the other thread. */
function toParts({ payload, manifest, ...message }: EncodedMessage, bytes: ArrayBuffer): MessageParts {
  new Uint8Array(bytes).set(payload);
  const { kind, storeId, isStatic, chunkId } = message;
  return {
    kind,
    storeId,
    isStatic,
    chunkId,
    bytes,
    length: payload.byteLength,
    rows: manifest?.rows ?? 0,
    entityPath: manifest?.entityPath ?? "",
    components: isStatic ? (manifest?.components.map(({ descriptor }) => descriptor.component) ?? []) : [],
  };
}

/** Headers as they can cross between threads; {@link GrpcSink} has refused functions. */
function plainHeaders(headers: DeliveryOptions["headers"]): Readonly<Record<string, string>> | undefined {
  if (headers === undefined || typeof headers === "function") return undefined;
  return headers instanceof Headers ? Object.fromEntries(headers) : headers;
}

function fromPlain(error: PlainError | undefined): RerunError | undefined {
  return error === undefined ? undefined : new RerunError(error.code as RerunErrorCode, error.message);
}
