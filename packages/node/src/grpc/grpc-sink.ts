import {
  RerunError,
  type BatcherConfig,
  type EncodedMessage,
  type Sink,
  type SinkContext,
  type SinkFlushOptions,
  type SinkStats,
} from "@rerun-ts/core";
import {
  BATCHER_PRESETS,
  DEFAULT_PROXY_URL,
  DeliveryQueue,
  SinkStatus,
  describeUnknown,
  notNegative,
  parseProxyUrl,
  type ProxyUrl,
} from "@rerun-ts/core/internal";
import type { SecureClientSessionOptions } from "node:http2";
import { setTimeout } from "node:timers/promises";
import type { GrpcHeaders } from "./grpc-client.ts";
import { GrpcWriter } from "./grpc-writer.ts";

/** What becomes of messages that do not fit into a queue. */
export type OnFull = "block" | "drop-oldest" | "drop-newest" | "error";

/** Options of {@link GrpcSink}. */
export interface GrpcSinkOptions {
  /** Where to: default `rerun+http://127.0.0.1:9876/proxy`. */
  url?: string | URL | undefined;
  /** Sent with every call; a function is asked each time. */
  headers?: GrpcHeaders | undefined;
  /** For `rerun://`: certificates and the like, as `node:tls` takes them, e.g. `{ ca }`. */
  tls?: SecureClientSessionOptions | undefined;
  /** Bytes that may wait to be sent or to be acknowledged. Default 100 MiB. */
  maxQueueBytes?: number | undefined;
  /** What becomes of data that does not fit. Default `"block"`, which on the calling thread is `"drop-oldest"`. */
  onFull?: OnFull | undefined;
  /** Bytes of what a new server must know first: store infos, blueprints, static data. Default 64 MiB. */
  retainBytes?: number | undefined;
}

export const GRPC_SINK_OPTIONS: Readonly<Record<keyof GrpcSinkOptions, 1>> = {
  url: 1,
  headers: 1,
  tls: 1,
  maxQueueBytes: 1,
  onFull: 1,
  retainBytes: 1,
};

const POLICIES: readonly OnFull[] = ["block", "drop-oldest", "drop-newest", "error"];
/** How long finishing may go on without anything arriving. */
const HOPE_MS = 5000;
/** How often that is looked at. */
const LOOK_MS = 50;
const MIB = 1024 * 1024;

/**
 * Sends a recording to a viewer or a proxy over gRPC: to a running `rerun`, or to `rerun --serve-grpc`. A server that
 * comes late, goes away or comes back is connected to as soon as it is there; what it had not acknowledged is sent again.
 */
export class GrpcSink implements Sink {
  readonly kind = "grpc";
  readonly key: string;
  readonly batching: Partial<BatcherConfig> = BATCHER_PRESETS.lowLatency;
  readonly needsEventLoop = true;
  /** Where it sends to, as Rerun writes it. */
  readonly url: string;
  readonly #status: SinkStatus;
  readonly #queue: DeliveryQueue;
  readonly #onFull: OnFull;
  readonly #writer: GrpcWriter;
  #running: Promise<void> | undefined;

  /** @throws {TypeError} if the address or an option is wrong. */
  constructor(url?: string | URL | GrpcSinkOptions, options?: Omit<GrpcSinkOptions, "url">) {
    const all = toOptions(url, options);
    const proxy = parseProxyUrl(all.url ?? DEFAULT_PROXY_URL);
    this.#onFull = all.onFull ?? "block";
    if (!POLICIES.includes(this.#onFull))
      throw new TypeError(`\`onFull\` must be one of ${POLICIES.join(", ")}, got ${JSON.stringify(all.onFull)}`);
    this.url = proxy.href;
    this.key = `grpc:${proxy.origin}`;
    this.#status = new SinkStatus("grpc", describeUnknown("GrpcSink", all, GRPC_SINK_OPTIONS));
    this.#queue = new DeliveryQueue({
      maxQueueBytes: notNegative("maxQueueBytes", all.maxQueueBytes ?? 100 * MIB),
      retainBytes: notNegative("retainBytes", all.retainBytes ?? 64 * MIB),
      policy: this.#onFull === "drop-newest" ? "drop-newest" : "drop-oldest",
    });
    this.#writer = this.#makeWriter(proxy, all);
  }

  open(context: SinkContext): void {
    this.#status.attach(context);
    this.#running = this.#writer.run().catch((error: unknown) => this.#fail(RerunError.from(error, "CONNECTION")));
  }

  send(message: EncodedMessage): void {
    const { state } = this.#status;
    if (state === "broken" || state === "closed") return this.#status.drop(message, "closed");
    if (this.#onFull === "error" && !this.#queue.hasRoom(message.payload.byteLength)) {
      this.#fail(new RerunError("QUEUE_FULL", `the queue to ${this.url} is full`));
      return this.#status.drop(message, "queue-full");
    }
    this.#status.dropAll(this.#queue.push(message), "queue-full");
    this.#status.queuedBytes = this.#queue.waitingBytes;
    this.#writer.wake();
  }

  /**
   * Settles when everything was written to the connection; with `ack` when the server has acknowledged it. Rejects with
   * `TIMEOUT` if nothing has moved for a while.
   */
  async flush({ ack = false }: SinkFlushOptions): Promise<void> {
    this.#throwIfBroken();
    const last = this.#queue.newest;
    if (last === undefined) return;
    const isDone = await this.#whileThereIsHope(this.#writer.until(() => this.#queue.hasSent(last, ack), ack));
    this.#throwIfBroken();
    if (!isDone) throw this.#timeout();
  }

  async close({ timeoutMs }: SinkFlushOptions): Promise<void> {
    if (this.#status.state === "closed") return;
    this.#throwIfBroken();
    this.#writer.finish();
    const isDone = await this.#whileThereIsHope(this.#running ?? Promise.resolve(), timeoutMs);
    this.#throwIfBroken();
    this.#end();
    if (!isDone) throw this.#timeout();
  }

  /** Nothing more can be sent without the event loop: what waits is given up, and counted. */
  closeSync(): void {
    if (this.#status.state !== "broken" && this.#status.state !== "closed") this.#end();
  }

  stats(): SinkStats {
    this.#status.queuedBytes = this.#queue.waitingBytes;
    return this.#status.stats();
  }

  #makeWriter(url: ProxyUrl, { headers, tls }: GrpcSinkOptions): GrpcWriter {
    return new GrpcWriter(
      this.#queue,
      { url, headers, tls },
      {
        onState: (state, error) => {
          if (this.#status.state !== "broken" && this.#status.state !== "closed") this.#status.change(state, error);
        },
        onSent: (bytes) => (this.#status.sentBytes += bytes),
        onReconnect: () => (this.#status.reconnects += 1),
      },
    );
  }

  /** Waits for `work`, but not longer than a while in which nothing has moved. Returns whether it was done. */
  async #whileThereIsHope(work: Promise<void>, timeoutMs = Infinity): Promise<boolean> {
    const stop = new AbortController();
    const done = work.then(() => true);
    try {
      return await Promise.race([done, this.#hopeEnds(timeoutMs, stop.signal)]);
    } finally {
      stop.abort();
    }
  }

  async #hopeEnds(timeoutMs: number, stop: AbortSignal): Promise<false> {
    const end = performance.now() + timeoutMs;
    let movedAt = performance.now();
    let before: number | undefined;
    while (!stop.aborted && performance.now() < end && performance.now() - movedAt < HOPE_MS) {
      const progress = this.#status.sentBytes - this.#queue.bytes;
      if (progress !== before) [before, movedAt] = [progress, performance.now()];
      await setTimeout(LOOK_MS, undefined, { signal: stop }).catch(() => {});
    }
    return false;
  }

  #timeout(): RerunError {
    return new RerunError("TIMEOUT", `${this.url} has not taken everything in time`, { cause: this.#status.lastError });
  }

  #throwIfBroken(): void {
    if (this.#status.state === "broken") throw this.#status.lastError as RerunError;
  }

  #fail(error: RerunError): void {
    this.#writer.abort();
    this.#status.change("broken", error);
    this.#status.dropAll(this.#queue.takeAll(), "closed");
    this.#status.queuedBytes = 0;
  }

  #end(): void {
    this.#writer.abort();
    this.#status.dropAll(this.#queue.takeAll(), "closed");
    this.#status.queuedBytes = 0;
    this.#status.change("closed");
  }
}

/** The address and the options, which may come as one object. */
export function toOptions(
  url: string | URL | GrpcSinkOptions | undefined,
  options: Omit<GrpcSinkOptions, "url"> | undefined,
): GrpcSinkOptions {
  if (typeof url === "object" && !(url instanceof URL)) return url;
  return { ...options, url };
}
