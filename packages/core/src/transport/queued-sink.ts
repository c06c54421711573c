import { BATCHER_PRESETS, type BatcherConfig } from "../batch/batcher-config.ts";
import { RerunError } from "../errors.ts";
import { notNegative } from "../options.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { SinkStatus } from "../sink/sink-status.ts";
import type { Sink, SinkContext, SinkFlushOptions, SinkState, SinkStats } from "../sink/sink.ts";
import { DeliveryQueue } from "./delivery-queue.ts";
import { whileThereIsHope } from "./hope.ts";
import type { LoopWriter } from "./loop-writer.ts";
import { LastPosts, type LastPost } from "./last-posts.ts";
import { whenLeaving, type Leaving } from "./leaving.ts";
import { checkOnFull, type OnFull } from "./on-full.ts";
import type { ProxyUrl } from "./proxy-url.ts";

const MIB = 1024 * 1024;

/** What the sinks that send by themselves to a server have in common. */
export interface QueueOptions {
  /** Bytes that may wait to be acknowledged. Default 100 MiB. */
  maxQueueBytes?: number | undefined;
  /** What becomes of data that does not fit. A page cannot wait, so `"block"`, the default, is `"drop-oldest"` here. */
  onFull?: OnFull | undefined;
  /** Bytes of what a new server must know first: store infos, blueprints, static data. Default 64 MiB. */
  retainBytes?: number | undefined;
}

export const QUEUE_OPTIONS: Readonly<Record<keyof QueueOptions, 1>> = { maxQueueBytes: 1, onFull: 1, retainBytes: 1 };

/** What a writer tells. */
export interface QueueWriterEvents {
  onState(state: SinkState, error?: RerunError): void;
  /** Bytes were acknowledged. */
  onArrived(bytes: number): void;
  /** A server that was lost is there again, or another one in its place. */
  onReconnect(): void;
}

/** Where a {@link QueuedSink} sends to, and how. */
export interface QueuedSinkSetup {
  readonly kind: string;
  /** How it is called in messages, and what tells it from other destinations. */
  readonly url: Pick<ProxyUrl, "href" | "origin">;
  /** What users should be told about their options. */
  readonly notice: string | undefined;
  /** @param messages those that are sent now are told to the server that the others are sent to. */
  makeWriter(queue: DeliveryQueue, events: QueueWriterEvents): LoopWriter;
  /** How what waits is sent when the page is left, if there is a way. */
  readonly lastPost?: LastPost | undefined;
}

/**
 * What the sinks share that send from the thread they are in, with nothing but the event loop: a queue of what is not
 * acknowledged, what happens when it is full, and when the page is left. `flush` means that the server has it.
 */
export abstract class QueuedSink implements Sink {
  readonly kind: string;
  readonly key: string;
  readonly batching: Partial<BatcherConfig> = BATCHER_PRESETS.lowLatency;
  readonly needsEventLoop = true;
  /** Where it sends to. */
  readonly url: string;
  readonly #status: SinkStatus;
  readonly #queue: DeliveryQueue;
  readonly #writer: LoopWriter;
  readonly #maxQueueBytes: number;
  readonly #failsWhenFull: boolean;
  readonly #lastPosts: LastPosts | undefined;
  /** Whether the writer's own way ends with the page, so that what it carries would be neither there nor lost. */
  readonly #endsWriter: boolean;
  #running: Promise<void> = Promise.resolve();
  #stopWatching: () => void = () => {};
  /** Whether there was a connection, or users were told why not: a change of state tells them what comes after that. */
  #isConnectionTold = false;

  /** @throws {TypeError} if an option is wrong. */
  constructor(setup: QueuedSinkSetup, options: QueueOptions) {
    const { kind, url, notice } = setup;
    const onFull = checkOnFull(options.onFull);
    this.kind = kind;
    this.url = url.href;
    this.key = `${kind}:${url.origin}`;
    this.#status = new SinkStatus(kind, notice);
    this.#failsWhenFull = onFull === "error";
    this.#maxQueueBytes = notNegative("maxQueueBytes", options.maxQueueBytes ?? 100 * MIB);
    this.#queue = new DeliveryQueue({
      maxQueueBytes: this.#maxQueueBytes,
      retainBytes: notNegative("retainBytes", options.retainBytes ?? 64 * MIB),
      policy: onFull === "drop-newest" ? "drop-newest" : "drop-oldest",
    });
    this.#lastPosts = setup.lastPost && new LastPosts(this.#queue, setup.lastPost);
    this.#endsWriter = setup.lastPost?.isSequence !== true;
    this.#writer = setup.makeWriter(this.#queue, {
      onState: (state, error) => {
        if (this.#isOver) return;
        if (error !== undefined && !this.#isConnectionTold) this.#status.warn(error.message);
        this.#isConnectionTold = true;
        this.#status.change(state, error);
      },
      onArrived: (bytes) => (this.#status.sentBytes += bytes),
      onReconnect: () => this.#status.reconnects++,
    });
  }

  open(context: SinkContext): void {
    this.#status.attach(context);
    const lastPosts = this.#lastPosts;
    if (lastPosts !== undefined) this.#stopWatching = whenLeaving((how) => this.#leave(lastPosts, how));
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

  /**
   * Sends what fits into calls that outlive the page; what does not is given up, and counted, if the page does not come
   * back. If it does, all goes on as ever.
   */
  #leave(lastPosts: LastPosts, how: Leaving): void {
    if (this.#isOver) return;
    this.#status.flushRows();
    lastPosts.send(how);
    if (how !== "gone") return;
    if (this.#endsWriter) this.#writer.abort();
    const lost = lastPosts.takeRest();
    if (lost.length === 0) return;
    this.#status.dropAll(lost, "closed");
    this.#status.warn(`the page was left before ${this.url} had everything; browsers take 64 KiB at the end`);
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
