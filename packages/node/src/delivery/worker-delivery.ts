import { existsSync } from "node:fs";
import { MessageChannel, Worker, receiveMessageOnPort } from "node:worker_threads";
import { RerunError, type EncodedMessage, type MessageMemory, type RerunErrorCode } from "@rerun-ts/core";
import type { Delivery, DeliveryEvents, DeliveryOptions, DeliveryProgress } from "./delivery.ts";
import { rowsIn } from "@rerun-ts/core/internal";
import { FreeMemory, REUSE_BYTES } from "./free-memory.ts";
import { LocalDelivery } from "./local-delivery.ts";
import {
  NUMBERS,
  SharedCounters,
  type FromWorker,
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
/** The worker makes few objects, and none that live long: room for more would only be memory that is never used again. */
const LIMITS = { maxYoungGenerationSizeMb: 4 };
/** The longest to wait without looking. */
const WAIT_MS = 20;

/** What a {@link WorkerDelivery} needs besides what every delivery needs. */
export interface WorkerDeliveryOptions extends DeliveryOptions {
  /** Whether logging waits while the queue is full and moves. */
  readonly canBlock: boolean;
  /** Whether a full queue is a failure, which whoever sends sees to. */
  readonly failsWhenFull: boolean;
  /** How long it may stand still before logging goes on. */
  readonly blockTimeoutMs: number;
  /** Told once if there is no worker after all, and the calling thread sends. */
  readonly onFallback: (reason: string) => void;
}

/** The worker's program; `undefined` in a bundle, which lacks it. */
export function findWorkerEntry(): URL | undefined {
  try {
    const entry = new URL("./worker-entry.js", import.meta.url);
    return existsSync(entry) ? entry : undefined;
  } catch {
    // A bundle of CommonJS does not even know where it is.
    return undefined;
  }
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
  readonly #free = new FreeMemory();
  readonly #flushes = new Map<number, { readonly ack: boolean; readonly settle: () => void }>();
  /** What was handed over before the worker was known to run; kept in case that it does not. */
  #unconfirmed: EncodedMessage[] | undefined = [];
  #fallback: LocalDelivery | undefined;
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #startedAt = performance.now();
  #posted = 0;
  #postedRows = 0;
  /** Rows and bytes that the worker has told it gave up. */
  #droppedRows = 0;
  #droppedBytes = 0;
  /** At which numbers the worker stood still for so long that logging waits no more until they change. */
  readonly #stuckAt: { received?: number; sent?: number } = {};
  #flushCount = 0;
  #isFinishing = false;
  #isOver = false;
  #onFinished: () => void = () => {};

  constructor(entry: URL, options: WorkerDeliveryOptions, events: DeliveryEvents) {
    this.#options = options;
    this.#events = events;
    const { transport, url, token, limits, headers, tls, failsWhenFull } = options;
    this.#maxUnreceived = Math.min(MAX_UNRECEIVED_BYTES, limits.maxQueueBytes / UNRECEIVED_PART);
    const workerData: WorkerSetup = {
      ...url,
      transport,
      token: typeof token === "function" ? undefined : token,
      headers: plainHeaders(headers),
      tls,
      // Where a full queue is a failure, it is noticed here, before the worker would give something up.
      limits: failsWhenFull ? limits : { ...limits, maxQueueBytes: limits.maxQueueBytes - this.#maxUnreceived },
      counters: this.#counters.buffer,
      returns: this.#returns.port2,
    };
    const transferList = [this.#returns.port2];
    // Without the program's own arguments for Node: loaders only slow it down, or keep it from starting.
    this.#worker = new Worker(entry, {
      workerData,
      transferList,
      execArgv: [],
      name: `rerun-${transport}`,
      resourceLimits: LIMITS,
    });
    this.#returns.port1.unref();
    this.#worker.on("message", (message: FromWorker) => this.#hear(message));
    this.#worker.on("error", (error) => this.#loseWorker(error.message));
    this.#worker.on("exit", () => this.#loseWorker("it ended"));
    // After the listeners, each of which keeps the program alive. Who waits for the worker does that, while there is hope.
    this.#worker.unref();
    this.#startTimer = setTimeout(() => this.#confirmStart(), START_MS);
    this.#startTimer.unref();
  }

  get progress(): DeliveryProgress {
    if (this.#fallback !== undefined) return this.#fallback.progress;
    const { numbers } = this.#counters;
    return {
      sentBytes: numbers[NUMBERS.sent] as number,
      waitingBytes: (numbers[NUMBERS.waiting] as number) + this.#unreceived,
      queuedBytes: (numbers[NUMBERS.queued] as number) + this.#unreceived,
      arrivedRows: numbers[NUMBERS.arrivedRows] as number,
      arrivedBytes: numbers[NUMBERS.arrivedBytes] as number,
      reconnects: numbers[NUMBERS.reconnects] as number,
    };
  }

  /** Bytes on their way to the worker. */
  get #unreceived(): number {
    return this.#posted - (this.#counters.numbers[NUMBERS.received] as number);
  }

  send(message: EncodedMessage, memory?: MessageMemory): void {
    if (this.#fallback !== undefined) return this.#fallback.send(message);
    this.#confirmStart();
    this.#unconfirmed?.push({ ...message, payload: message.payload.slice() });
    this.#waitForRoom(message.payload.byteLength);
    this.#confirmStart();
    // Then it went there, with all others that were not confirmed.
    if (this.#fallback !== undefined) return;
    this.#postedRows += rowsIn([message]);
    this.#takeReturns();
    const isLarge = message.payload.byteLength >= REUSE_BYTES && !message.isStatic;
    const canGo = memory !== undefined && isLarge && fillsItsBuffer(message.payload);
    // What is static stays with the worker.
    const payload = canGo
      ? message.payload
      : message.isStatic
        ? message.payload.slice()
        : this.#free.copy(message.payload);
    const parts = toParts(message, payload);
    this.#post({ type: "message", message: parts }, [parts.bytes]);
    this.#posted += parts.length;
    for (const free of memory === undefined ? [] : this.#free.takeAll()) memory?.give(new Uint8Array(free));
  }

  async flush(ack: boolean): Promise<void> {
    if (this.#fallback !== undefined) return this.#fallback.flush(ack);
    if (this.#isOver) return;
    const id = this.#flushCount++;
    await new Promise<void>((resolve) => {
      this.#flushes.set(id, { ack, settle: resolve });
      this.#post({ type: "flush", id, ack });
    });
  }

  async finish(): Promise<void> {
    if (this.#fallback !== undefined) return this.#fallback.finish();
    if (this.#isOver) return;
    this.#isFinishing = true;
    const finished = new Promise<void>((resolve) => (this.#onFinished = resolve));
    this.#post({ type: "finish" });
    await finished;
    this.#end();
  }

  abort(): void {
    if (this.#fallback !== undefined) return this.#fallback.abort();
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
    this.#end();
    return isDone;
  }

  /** Waits while the worker is behind, and while the queue is full and moves; after that something has to be given up. */
  #waitForRoom(size: number): void {
    const { canBlock, blockTimeoutMs, limits } = this.#options;
    const room = limits.maxQueueBytes - this.#maxUnreceived - size;
    const isBehind = (): boolean => this.#unreceived > 0 && this.#unreceived + size > this.#maxUnreceived;
    const isFull = (): boolean => this.#counters.get("isOpen") === 1 && this.progress.queuedBytes > Math.max(room, 0);
    this.#waitWhile(isBehind, "received", START_MS);
    if (canBlock) this.#waitWhile(isFull, "sent", blockTimeoutMs);
  }

  /** Waits until it is not too much, or the number has stood still for so long; then no more until that moves again. */
  #waitWhile(isTooMuch: () => boolean, number: "received" | "sent", limitMs: number): void {
    const { numbers } = this.#counters;
    let at = numbers[NUMBERS[number]] as number;
    let movedAt = performance.now();
    for (;;) {
      const before = this.#counters.get("progress");
      if (this.#stuckAt[number] === at || !isTooMuch()) return;
      this.#counters.wait("progress", before, WAIT_MS);
      const now = numbers[NUMBERS[number]] as number;
      if (now !== at) [at, movedAt] = [now, performance.now()];
      else if (performance.now() - movedAt >= limitMs) this.#stuckAt[number] = at;
    }
  }

  /** Takes what has come back, without a turn of the event loop. */
  #takeReturns(): void {
    for (let got = receiveMessageOnPort(this.#returns.port1); got !== undefined;) {
      this.#free.give(got.message as ArrayBuffer);
      got = receiveMessageOnPort(this.#returns.port1);
    }
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
        this.#droppedRows += message.rows;
        this.#droppedBytes += message.bytes;
        return this.#events.onDrop(message);
      case "failure":
        this.#end();
        return this.#events.onFailure(fromPlain(message.error) as RerunError);
      case "flushed":
        this.#flushes.get(message.id)?.settle();
        this.#flushes.delete(message.id);
        return;
      case "finished":
        return this.#onFinished();
    }
  }

  /** Looks whether the worker has started; a loop that never lets go does not hear of it. */
  #confirmStart(): void {
    if (this.#unconfirmed === undefined) return;
    if (this.#counters.get("isReady") === 1) this.#unconfirmed = undefined;
    else if (performance.now() - this.#startedAt >= START_MS)
      this.#loseWorker(`it did not start within ${START_MS} ms`);
  }

  /** Goes on in this thread if the worker never ran; else it is over. */
  #loseWorker(reason: string): void {
    if (this.#isOver || this.#fallback !== undefined) return;
    const unconfirmed = this.#unconfirmed;
    if (unconfirmed === undefined || this.#counters.get("isReady") === 1) {
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
    for (const { ack, settle } of this.#flushes.values()) void fallback.flush(ack).then(settle);
    if (this.#isFinishing) void fallback.finish().then(() => this.#onFinished());
    void this.#worker.terminate();
  }

  #settleAll(): void {
    for (const { settle } of this.#flushes.values()) settle();
    this.#flushes.clear();
    this.#onFinished();
  }

  /** Ends at once; what has not arrived, and was not told as given up yet, is that now. */
  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { arrivedRows, arrivedBytes } = this.progress;
    const rows = this.#postedRows - arrivedRows - this.#droppedRows;
    const bytes = this.#posted - arrivedBytes - this.#droppedBytes;
    if (this.#fallback === undefined && bytes > 0) this.#events.onDrop({ rows, bytes, reason: "closed" });
    clearTimeout(this.#startTimer);
    this.#settleAll();
    this.#returns.port1.close();
    void this.#worker.terminate();
  }
}

/** Whether hardly any memory waits in vain with these bytes: what waits is counted by its bytes. */
function fillsItsBuffer({ byteLength, buffer }: Uint8Array<ArrayBuffer>): boolean {
  return byteLength >= buffer.byteLength * 0.8;
}

/** A message whose bytes stand in `payload`, to go to the other thread. */
function toParts(message: EncodedMessage, payload: Uint8Array<ArrayBuffer>): MessageParts {
  const { kind, storeId, isStatic, chunkId, manifest } = message;
  return {
    kind,
    storeId,
    isStatic,
    chunkId,
    bytes: payload.buffer,
    offset: payload.byteOffset,
    length: payload.byteLength,
    rows: manifest?.rows ?? 0,
    entityPath: manifest?.entityPath ?? "",
    components: isStatic ? (manifest?.components.map(({ descriptor }) => descriptor.component) ?? []) : [],
  };
}

/** Headers as they can cross between threads; the sink has refused functions. */
function plainHeaders(headers: DeliveryOptions["headers"]): Readonly<Record<string, string>> | undefined {
  if (headers === undefined || typeof headers === "function") return undefined;
  return headers instanceof Headers ? Object.fromEntries(headers) : headers;
}

function fromPlain(error: PlainError | undefined): RerunError | undefined {
  return error === undefined ? undefined : new RerunError(error.code as RerunErrorCode, error.message);
}
