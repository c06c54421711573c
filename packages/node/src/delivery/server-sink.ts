import {
  RerunError,
  type BatcherConfig,
  type EncodedMessage,
  type MessageMemory,
  type ProxyUrl,
  type Sink,
  type SinkContext,
  type SinkFlushOptions,
  type SinkStats,
} from "@rerun-ts/core";
import { BATCHER_PRESETS, SinkStatus, checkOnFull, notNegative, whileThereIsHope } from "@rerun-ts/core/internal";
import type { Delivery, DeliveryEvents } from "./delivery.ts";
import { type ServerSinkOptions, type WebSocketSinkOptions } from "./sink-options.ts";
import { LocalDelivery } from "./local-delivery.ts";
import { WorkerDelivery, findWorkerEntry, type WorkerDeliveryOptions } from "./worker-delivery.ts";

const MIB = 1024 * 1024;

/** Where a {@link ServerSink} sends to, and how. */
export interface ServerSinkSetup {
  readonly kind: "grpc" | "websocket";
  readonly url: ProxyUrl;
  /** What users should be told about their options. */
  readonly notice: string | undefined;
  readonly token?: WebSocketSinkOptions["token"];
}

/**
 * What the sinks for servers share: messages go to a worker, or are sent by the calling thread; what a server has not
 * acknowledged is kept.
 */
export abstract class ServerSink implements Sink {
  readonly kind: "grpc" | "websocket";
  readonly key: string;
  readonly batching: Partial<BatcherConfig> = BATCHER_PRESETS.lowLatency;
  readonly needsEventLoop = true;
  /** What is to be sent is copied. */
  readonly isSynchronous = true;

  /** Where it sends to, as Rerun writes it. */
  readonly url: string;
  readonly #status: SinkStatus;
  readonly #options: WorkerDeliveryOptions;
  readonly #usesWorker: boolean;
  #delivery: Delivery | undefined;

  /** @throws {TypeError} if an option is wrong. */
  constructor({ kind, url, notice, token }: ServerSinkSetup, all: ServerSinkOptions) {
    const onFull = checkOnFull(all.onFull);
    this.kind = kind;
    this.url = url.href;
    this.key = `${kind}:${url.origin}`;
    this.#status = new SinkStatus(kind, notice);
    this.#usesWorker = wantsWorker(all, token);
    this.#options = {
      transport: kind,
      url,
      token,
      headers: all.headers,
      tls: all.tls,
      limits: {
        maxQueueBytes: notNegative("maxQueueBytes", all.maxQueueBytes ?? 100 * MIB),
        retainBytes: notNegative("retainBytes", all.retainBytes ?? 64 * MIB),
        policy: onFull === "drop-newest" ? "drop-newest" : "drop-oldest",
      },
      canBlock: onFull === "block",
      failsWhenFull: onFull === "error",
      blockTimeoutMs: notNegative("blockTimeoutMs", all.blockTimeoutMs ?? 5000),
      onFallback: (reason) =>
        this.#status.warn(`there is no worker to send to ${this.url} (${reason}): the calling thread does it`),
    };
  }

  open(context: SinkContext): void {
    this.#status.attach(context);
    const events: DeliveryEvents = {
      onState: (state, error) => {
        if (!this.#isOver) this.#status.change(state, error);
      },
      onDrop: (drop) => this.#status.countDrop(drop),
      onFailure: (error) => this.#fail(error),
    };
    const entry = this.#usesWorker ? findWorkerEntry() : undefined;
    if (this.#usesWorker && entry === undefined) this.#options.onFallback("its file is missing, as it is in bundles");
    this.#delivery =
      entry === undefined ? new LocalDelivery(this.#options, events) : new WorkerDelivery(entry, this.#options, events);
  }

  send(message: EncodedMessage, memory?: MessageMemory): void {
    if (this.#isOver || this.#delivery === undefined) return this.#status.drop(message, "closed");
    const { queuedBytes } = this.#delivery.progress;
    const { failsWhenFull, limits } = this.#options;
    const isTooMuch = queuedBytes + message.payload.byteLength > limits.maxQueueBytes;
    if (failsWhenFull && isTooMuch && message.kind === "chunk") {
      this.#fail(new RerunError("QUEUE_FULL", `the queue to ${this.url} is full`));
      return this.#status.drop(message, "queue-full");
    }
    this.#delivery.send(message, memory);
  }

  /**
   * Settles when everything was written to the connection; with `ack` when the server has acknowledged it. Rejects with
   * `TIMEOUT` if nothing has moved for a while.
   */
  async flush({ ack = false }: SinkFlushOptions): Promise<void> {
    this.#throwIfBroken();
    const delivery = this.#delivery;
    if (delivery === undefined || this.#isOver) return;
    const isDone = await this.#whileThereIsHope(delivery.flush(ack));
    this.#throwIfBroken();
    if (!isDone) throw this.#timeout();
  }

  async close({ timeoutMs }: SinkFlushOptions): Promise<void> {
    this.#throwIfBroken();
    if (this.#isOver) return;
    const isDone = await this.#whileThereIsHope(this.#delivery?.finish() ?? Promise.resolve(), timeoutMs);
    this.#throwIfBroken();
    if (this.#isOver) return;
    this.#delivery?.abort();
    this.#end();
    if (!isDone) throw this.#timeout("given up");
  }

  /** In a worker the rest is sent within the time; without one it is given up, and counted. */
  closeSync(deadlineMs: number): void {
    if (this.#isOver) return;
    const isDone = this.#delivery?.finishSync(deadlineMs) ?? true;
    this.#end();
    if (!isDone) this.#status.warn(this.#timeout("given up").message);
  }

  stats(): SinkStats {
    const progress = this.#delivery?.progress;
    if (progress !== undefined) {
      this.#status.sentBytes = progress.sentBytes;
      this.#status.queuedBytes = this.#isOver ? 0 : progress.waitingBytes;
      this.#status.reconnects = progress.reconnects;
    }
    return this.#status.stats();
  }

  get #isOver(): boolean {
    return this.#status.state === "broken" || this.#status.state === "closed";
  }

  #whileThereIsHope(work: Promise<void>, timeoutMs?: number): Promise<boolean> {
    // What is sent again is no progress.
    const reached = (): number => {
      const { arrivedBytes = 0, queuedBytes = 0, waitingBytes = 0 } = this.#delivery?.progress ?? {};
      return arrivedBytes + queuedBytes - waitingBytes;
    };
    return whileThereIsHope(work, reached, timeoutMs);
  }

  /** What is said when not everything could be sent, and why, if that is known; "given up" when there is no hope left. */
  #timeout(consequence?: "given up"): RerunError {
    const { lastError: cause, droppedRows, droppedBytes } = this.#status;
    const rest = consequence === undefined ? "" : `; ${droppedRows} rows (${droppedBytes} bytes) were given up`;
    const reason = cause === undefined ? "" : `: ${cause.message}`;
    return new RerunError("TIMEOUT", `${this.url} has not taken everything in time${rest}${reason}`, { cause });
  }

  #throwIfBroken(): void {
    if (this.#status.state === "broken") throw this.#status.lastError as RerunError;
  }

  #fail(error: RerunError): void {
    if (this.#isOver) return;
    this.#delivery?.abort();
    this.#status.change("broken", error);
  }

  #end(): void {
    this.#status.change("closed");
  }
}

/** A worker is of use unless an option cannot cross to it. @throws {TypeError} if one is demanded that there cannot be. */
function wantsWorker({ worker = "auto", headers, tls }: ServerSinkOptions, token: ServerSinkSetup["token"]): boolean {
  if (worker !== true && worker !== false && worker !== "auto")
    throw new TypeError(`\`worker\` must be true, false or "auto", got ${JSON.stringify(worker)}`);
  const why = "if `worker` is true: functions and the like cannot go to another thread";
  const canHeaders = typeof headers !== "function";
  if (worker === true && !canHeaders) throw new TypeError(`\`headers\` must be no function ${why}`);
  const canToken = typeof token !== "function";
  if (worker === true && !canToken) throw new TypeError(`\`token\` must be no function ${why}`);
  const canTls = isCloneable(tls);
  if (worker === true && !canTls) throw new TypeError(`\`tls\` must hold nothing but data ${why}`);
  return worker !== false && canHeaders && canToken && canTls;
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
