import { BATCHER_PRESETS, type BatcherConfig } from "../../batch/batcher-config.ts";
import { RerunError } from "../../errors.ts";
import { describeUnknown, notNegative } from "../../options.ts";
import type { EncodedMessage } from "../../rrd/encode/encoded-message.ts";
import { SinkStatus } from "../../sink/sink-status.ts";
import type { Sink, SinkContext, SinkFlushOptions, SinkStats } from "../../sink/sink.ts";
import { DeliveryQueue } from "../delivery-queue.ts";
import type { GrpcHeaders } from "../grpc-headers.ts";
import { whileThereIsHope } from "../hope.ts";
import { checkOnFull, type OnFull } from "../on-full.ts";
import { DEFAULT_PROXY_URL, parseProxyUrl } from "../proxy-url.ts";
import { GrpcWebWriter } from "./grpc-web-writer.ts";
import { whenLeaving } from "./leaving.ts";
import { postMessages, type PostOptions } from "./post-messages.ts";

const MIB = 1024 * 1024;
/** What may still be sent when a page is left: browsers take 64 KiB of all such calls together. */
const LEAVING_BYTES = 60_000;

/** Options of a {@link GrpcWebSink}. */
export interface GrpcWebSinkOptions {
  /** Where to: default `rerun+http://127.0.0.1:9876/proxy`. */
  url?: string | URL | undefined;
  /** Sent with every call; a function is asked each time. */
  headers?: GrpcHeaders | undefined;
  /** Used instead of the platform's own `fetch`, for example for single sign-on. */
  fetch?: typeof fetch | undefined;
  /** Bytes that may wait to be acknowledged. Default 100 MiB. */
  maxQueueBytes?: number | undefined;
  /** What becomes of data that does not fit. A page cannot wait, so `"block"`, the default, is `"drop-oldest"` here. */
  onFull?: OnFull | undefined;
  /** Bytes of what a new server must know first: store infos, blueprints, static data. Default 64 MiB. */
  retainBytes?: number | undefined;
}

const KNOWN: Readonly<Record<keyof GrpcWebSinkOptions, 1>> = {
  url: 1,
  headers: 1,
  fetch: 1,
  maxQueueBytes: 1,
  onFull: 1,
  retainBytes: 1,
};

/**
 * Sends a recording to a viewer or a proxy over gRPC-web, wherever there is `fetch`: one call after another, each with
 * all that has come together meanwhile. The answer to a call is its acknowledgement, so `flush` means that the server
 * has it. A server that comes late or comes back is told what it must know, and what was not acknowledged.
 */
export class GrpcWebSink implements Sink {
  readonly kind = "grpc";
  readonly key: string;
  readonly batching: Partial<BatcherConfig> = BATCHER_PRESETS.lowLatency;
  readonly needsEventLoop = true;
  /** Where it sends to, as Rerun writes it. */
  readonly url: string;
  readonly #status: SinkStatus;
  readonly #queue: DeliveryQueue;
  readonly #writer: GrpcWebWriter;
  readonly #maxQueueBytes: number;
  readonly #failsWhenFull: boolean;
  readonly #post: PostOptions;
  #running: Promise<void> = Promise.resolve();
  #stopWatching: () => void = () => {};

  /** @throws {TypeError} if the address or an option is wrong. */
  constructor(url?: string | URL | GrpcWebSinkOptions, options?: Omit<GrpcWebSinkOptions, "url">) {
    const all: GrpcWebSinkOptions = typeof url === "object" && !(url instanceof URL) ? url : { ...options, url };
    const proxy = parseProxyUrl(all.url ?? DEFAULT_PROXY_URL);
    const onFull = checkOnFull(all.onFull);
    this.url = proxy.href;
    this.key = `grpc:${proxy.origin}`;
    this.#status = new SinkStatus("grpc", describeUnknown("GrpcSink", all, KNOWN));
    this.#failsWhenFull = onFull === "error";
    this.#maxQueueBytes = notNegative("maxQueueBytes", all.maxQueueBytes ?? 100 * MIB);
    this.#queue = new DeliveryQueue({
      maxQueueBytes: this.#maxQueueBytes,
      retainBytes: notNegative("retainBytes", all.retainBytes ?? 64 * MIB),
      policy: onFull === "drop-newest" ? "drop-newest" : "drop-oldest",
    });
    this.#post = { url: proxy, headers: all.headers, fetch: all.fetch };
    this.#writer = new GrpcWebWriter(this.#queue, this.#post, {
      onState: (state, error) => {
        if (!this.#isOver) this.#status.change(state, error);
      },
      onSent: (bytes) => (this.#status.sentBytes += bytes),
      onReconnect: () => this.#status.reconnects++,
    });
  }

  open(context: SinkContext): void {
    this.#status.attach(context);
    this.#stopWatching = whenLeaving(() => this.#leave());
    this.#running = this.#writer.run().catch((error: unknown) => this.#fail(RerunError.from(error, "CONNECTION")));
  }

  send(message: EncodedMessage): void {
    if (this.#isOver) return this.#status.drop(message, "closed");
    const isTooMuch = this.#queue.bytes + message.payload.byteLength > this.#maxQueueBytes;
    if (this.#failsWhenFull && isTooMuch && message.kind === "chunk") {
      this.#fail(new RerunError("QUEUE_FULL", `the queue to ${this.url} is full`));
      return this.#status.drop(message, "queue-full");
    }
    this.#status.dropAll(this.#queue.push(message), "queue-full");
    this.#writer.wake();
  }

  /** Settles when the server has acknowledged everything. Rejects with `TIMEOUT` if nothing has moved for a while. */
  async flush(): Promise<void> {
    this.#throwIfBroken();
    const last = this.#queue.newest;
    if (last === undefined || this.#isOver) return;
    const isDone = await this.#whileThereIsHope(this.#writer.until(() => this.#queue.hasSent(last, true)));
    this.#throwIfBroken();
    if (!isDone) throw this.#timeout();
  }

  async close({ timeoutMs }: SinkFlushOptions): Promise<void> {
    this.#throwIfBroken();
    if (this.#isOver) return;
    this.#writer.finish();
    const isDone = await this.#whileThereIsHope(this.#running, timeoutMs);
    this.#throwIfBroken();
    this.closeSync();
    if (!isDone) throw this.#timeout();
  }

  /** Without turns of the event loop nothing can be sent: what waits is given up, and counted. */
  closeSync(): void {
    if (this.#isOver) return;
    this.#writer.abort();
    this.#status.dropAll(this.#queue.takeAll(), "closed");
    this.#stopWatching();
    this.#status.change("closed");
  }

  stats(): SinkStats {
    this.#status.queuedBytes = this.#queue.bytes;
    return this.#status.stats();
  }

  get #isOver(): boolean {
    return this.#status.state === "broken" || this.#status.state === "closed";
  }

  /** Sends what fits into a call that outlives the page. If the page comes back after all, the rest goes as ever. */
  #leave(): void {
    this.#status.flushRows();
    const last = this.#queue.peek(LEAVING_BYTES);
    if (last.length === 0) return;
    postMessages({ ...this.#post, keepalive: true }, last, new AbortController().signal).catch(() => {});
  }

  #whileThereIsHope(work: Promise<void>, timeoutMs?: number): Promise<boolean> {
    return whileThereIsHope(work, () => this.#status.sentBytes, timeoutMs);
  }

  #timeout(): RerunError {
    return new RerunError("TIMEOUT", `${this.url} has not taken everything in time`, { cause: this.#status.lastError });
  }

  #throwIfBroken(): void {
    if (this.#status.state === "broken") throw this.#status.lastError as RerunError;
  }

  #fail(error: RerunError): void {
    if (this.#isOver) return;
    this.#writer.abort();
    this.#stopWatching();
    this.#status.dropAll(this.#queue.takeAll(), "closed");
    this.#status.change("broken", error);
  }
}
