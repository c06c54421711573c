import { kindOf } from "@rerun-ts/core/checks";
import { RerunError, type EncodedMessage, type SinkDrop } from "@rerun-ts/core";
import {
  rowsIn,
  toMessageParts,
  type Credentials,
  type Delivery,
  type DeliveryContext,
  type DeliveryLimits,
  type DeliveryProgress,
  deserializeError,
} from "@rerun-ts/core/transport";
import type { SharedWorker, WorkerOptions } from "../worker/worker-link.ts";
import { START_TIMEOUT_MS, WorkerThread, type WorkerReply } from "../worker/worker-thread.ts";
import type { DeliveryTarget } from "./create-writer.ts";
import type { DeliveryWorkerData, FromDeliveryWorker, ToDeliveryWorker } from "./delivery-worker-protocol.ts";

/** The maximum size of posted messages that the worker has not received: this much, or this fraction of the queue. */
const MAX_UNRECEIVED_BYTES = 16 * 1024 * 1024;
const UNRECEIVED_FRACTION = 1 / 4;
/** The worker creates few objects, and none that live long: a larger heap would only delay the reuse of memory. */
export const DELIVERY_WORKER: WorkerOptions = {
  name: "rerun-delivery",
  resourceLimits: { maxYoungGenerationSizeMb: 4 },
};

/** Options of a {@link WorkerDelivery}. */
export interface WorkerDeliveryOptions {
  readonly target: DeliveryTarget;
  readonly limits: DeliveryLimits;
  /** Whether logging waits while the queue is full and makes progress. */
  readonly canBlock: boolean;
  /** Whether a full queue breaks the sink, which the sink notices itself. */
  readonly failsWhenFull: boolean;
  /** Time that logging waits without progress. */
  readonly blockTimeoutMs: number;
  /** Creates the delivery that takes over if the worker does not start. */
  createLocal(): Delivery;
  /** Called once if the calling thread takes over. */
  onFallback(reason: string): void;
}

/**
 * A {@link Delivery} in the worker thread that sends for all recordings. The thread runs while the calling thread is
 * busy: a loop that never yields keeps streaming, and the exit of the process can wait for data in flight. Messages are
 * posted with their memory, which comes back for reuse. The progress is read from {@link SharedCounters}, so that
 * `send` can block on a full queue without the event loop.
 *
 * Until the worker is known to run, this class keeps copies of the messages. If the worker does not start, a delivery
 * in the calling thread takes over with them. If the worker is lost later, the delivery fails with the code `INTERNAL`.
 * At the end, messages that were neither acknowledged nor dropped are reported as dropped.
 */
export class WorkerDelivery implements Delivery {
  readonly #options: WorkerDeliveryOptions;
  readonly #context: DeliveryContext;
  readonly #thread: WorkerThread<ToDeliveryWorker, FromDeliveryWorker>;
  readonly #maxUnreceived: number;
  /** The part of the queue's limit that is reserved for messages on their way to the worker. */
  readonly #reserve: number;
  /** Bytes that had been posted with the last message of a backlog. */
  #postedBacklogEnd = 0;
  /** Messages that were posted before the worker was known to run. */
  #unconfirmed: { readonly message: EncodedMessage; readonly isBacklog: boolean }[] | undefined = [];
  #fallback: Delivery | undefined;
  #postedRows = 0;
  /** Rows and bytes that the worker has reported as dropped. */
  #droppedRows = 0;
  #droppedBytes = 0;
  /** The part of them that a full queue has dropped. */
  #overflowedRows = 0;
  #overflowedBytes = 0;
  #isFinishing = false;
  #isEnded = false;
  #onFinished: () => void = () => {};

  constructor(worker: SharedWorker, options: WorkerDeliveryOptions, context: DeliveryContext) {
    const { target, limits, failsWhenFull } = options;
    this.#options = options;
    this.#context = context;
    this.#maxUnreceived = Math.min(MAX_UNRECEIVED_BYTES, limits.maxQueueBytes * UNRECEIVED_FRACTION);
    // With `onFull: "error"`, this thread must notice a full queue before the worker drops anything.
    this.#reserve = failsWhenFull ? 0 : this.#maxUnreceived;
    const maxQueueBytes = limits.maxQueueBytes - this.#reserve;
    this.#thread = new WorkerThread(
      worker,
      { ...DELIVERY_WORKER, workerData: workerDataOf(target, { ...limits, maxQueueBytes }) },
      {
        onReady: () => (this.#unconfirmed = undefined),
        onMessage: (message) => this.#onMessage(message),
        onLost: (reason) => this.#onWorkerLost(reason),
        onReturn: (buffer) => context.onRelease(new Uint8Array(buffer)),
      },
    );
    this.#thread.counters.set("maxQueued", maxQueueBytes);
    // Pending flushes keep the process alive instead.
    this.#thread.unref();
  }

  get progress(): DeliveryProgress {
    if (this.#fallback !== undefined) return this.#fallback.progress;
    const { counters, unreceivedBytes } = this.#thread;
    return {
      sentBytes: counters.get("sent"),
      pendingBytes: counters.get("pending") + unreceivedBytes,
      queuedBytes: counters.get("queued") + unreceivedBytes,
      maxQueuedBytes: this.#maxQueuedBytes,
      acknowledgedRows: counters.get("acknowledgedRows"),
      acknowledgedBytes: counters.get("acknowledgedBytes"),
      reconnects: counters.get("reconnects"),
    };
  }

  send(message: EncodedMessage, isBacklog: boolean): void {
    if (this.#fallback === undefined) this.#thread.checkStarted();
    if (this.#fallback === undefined) this.#waitForRoom(message.payload.byteLength, isBacklog);
    if (this.#fallback === undefined) this.#thread.checkStarted();
    if (this.#fallback !== undefined) return this.#fallback.send(message, isBacklog);
    if (this.#thread.isReady) this.#unconfirmed = undefined;
    this.#unconfirmed?.push({ message: { ...message, payload: message.payload.slice() }, isBacklog });
    this.#postedRows += rowsIn([message]);
    this.#thread.collectReturns();
    const parts = toMessageParts(message);
    this.#thread.postBuffer({ type: "message", message: parts, isBacklog }, parts.bytes, parts.length);
    if (isBacklog) this.#postedBacklogEnd = this.#thread.postedBytes;
  }

  async flush(ack: boolean): Promise<void> {
    if (this.#fallback !== undefined) return this.#fallback.flush(ack);
    if (!this.#isEnded) await this.#thread.flush(ack);
  }

  async finish(): Promise<void> {
    if (this.#fallback !== undefined) return this.#fallback.finish();
    if (this.#isEnded) return;
    const finished = new Promise<void>((resolve) => (this.#onFinished = resolve));
    this.beginFinish();
    await finished;
    this.#end();
  }

  abort(): void {
    if (this.#fallback === undefined) this.#end();
    else this.#fallback.abort();
  }

  beginFinish(): void {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    this.#thread.post({ type: "finish" });
  }

  finishSync(deadlineMs: number, connectMs?: number): boolean {
    if (this.#fallback !== undefined) return this.#fallback.finishSync(deadlineMs, connectMs);
    if (this.#isEnded) return true;
    this.beginFinish();
    const isDone = this.#thread.waitFinished(deadlineMs, connectMs) && this.progress.queuedBytes === 0;
    this.#end();
    return isDone;
  }

  retry(): void {
    if (this.#fallback === undefined) this.#thread.post({ type: "retry" });
    else this.#fallback.retry?.();
  }

  /** Functions cannot be passed to the worker. */
  canRenew({ headers, token }: Credentials): boolean {
    if (this.#fallback !== undefined) return this.#fallback.canRenew?.({ headers, token }) === true;
    return !this.#isEnded && typeof headers !== "function" && typeof token !== "function";
  }

  renew(credentials: Credentials): void {
    if (this.#fallback !== undefined) return this.#fallback.renew?.(credentials);
    const { target } = this.#options;
    // Also updates the target here, because a delivery in this thread may still take over.
    target.headers = credentials.headers;
    target.token = credentials.token;
    this.#thread.post({
      type: "renew",
      headers: plainHeaders(credentials.headers),
      token: plainToken(credentials.token),
    });
  }

  /** The limit of the queue, including the backlog that is queued or on its way to the worker. */
  get #maxQueuedBytes(): number {
    const { counters } = this.#thread;
    const unreceivedBacklog = Math.max(0, this.#postedBacklogEnd - counters.get("received"));
    return counters.get("maxQueued") + this.#reserve + unreceivedBacklog;
  }

  /** Waits while the worker is behind, and while the queue is full and makes progress. */
  #waitForRoom(size: number, isBacklog: boolean): void {
    const { canBlock, blockTimeoutMs } = this.#options;
    const { counters } = this.#thread;
    const isBehind = (): boolean => {
      const { unreceivedBytes } = this.#thread;
      return unreceivedBytes > 0 && unreceivedBytes + size > this.#maxUnreceived;
    };
    const isFull = (): boolean =>
      counters.has("isOpen") && this.progress.queuedBytes > Math.max(this.#maxQueuedBytes - this.#reserve - size, 0);
    this.#thread.waitWhile(isBehind, "received", START_TIMEOUT_MS);
    if (canBlock && !isBacklog) this.#thread.waitWhile(isFull, "sent", blockTimeoutMs);
  }

  #onMessage(message: Exclude<FromDeliveryWorker, WorkerReply>): void {
    switch (message.type) {
      case "state":
        return this.#context.onState(message.state, message.error && deserializeError(message.error));
      case "drop":
        return this.#onDrop(message);
      case "failure":
        this.#end();
        return this.#context.onFailure(deserializeError(message.error));
      case "warning":
        return this.#context.onWarning(message.message, message.code);
      case "finished":
        return this.#onFinished();
    }
  }

  #onDrop(drop: SinkDrop): void {
    this.#droppedRows += drop.rows;
    this.#droppedBytes += drop.bytes;
    if (drop.reason === "queue-full") {
      this.#overflowedRows += drop.rows;
      this.#overflowedBytes += drop.bytes;
    }
    this.#context.onDrop(drop);
  }

  /** Continues in this thread if the worker never ran. Otherwise the delivery has failed. */
  #onWorkerLost(reason: string): void {
    if (this.#isEnded || this.#fallback !== undefined) return;
    const unconfirmed = this.#unconfirmed;
    if (unconfirmed === undefined || this.#thread.isReady) {
      this.#end();
      const { href } = this.#options.target.url;
      this.#context.onFailure(new RerunError("INTERNAL", `lost the worker that sends to ${href}: ${reason}`));
      return;
    }
    this.#options.onFallback(reason);
    const fallback = this.#options.createLocal();
    this.#fallback = fallback;
    for (const { message, isBacklog } of unconfirmed) fallback.send(message, isBacklog);
    this.#unconfirmed = undefined;
    for (const { ack, settle } of this.#thread.takeFlushes()) void fallback.flush(ack).then(settle);
    if (this.#isFinishing) void fallback.finish().then(() => this.#onFinished());
    void this.#thread.end();
  }

  /** Reports what a full queue has dropped while this thread read no messages, as right before the process exits. */
  #readOverflow(): void {
    const { counters } = this.#thread;
    const rows = counters.get("droppedRows") - this.#overflowedRows;
    const bytes = counters.get("droppedBytes") - this.#overflowedBytes;
    if (bytes > 0) this.#onDrop({ rows, bytes, reason: "queue-full" });
  }

  /** Ends immediately. Reports all rows as dropped that were neither acknowledged nor dropped before. */
  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#readOverflow();
    const { acknowledgedRows, acknowledgedBytes } = this.progress;
    const rows = this.#postedRows - acknowledgedRows - this.#droppedRows;
    const bytes = this.#thread.postedBytes - acknowledgedBytes - this.#droppedBytes;
    if (this.#fallback === undefined && bytes > 0) this.#context.onDrop({ rows, bytes, reason: "closed" });
    this.#onFinished();
    void this.#thread.end();
  }
}

/**
 * The part of the target that the worker needs. Options that cannot be passed to another thread were rejected before.
 */
function workerDataOf(
  { transport, url, token, headers, tls }: DeliveryTarget,
  limits: DeliveryLimits,
): Omit<DeliveryWorkerData, "counters" | "returns"> {
  return { url: { ...url }, transport, token: plainToken(token), headers: plainHeaders(headers), tls, limits };
}

function plainHeaders(headers: Credentials["headers"]): Readonly<Record<string, string>> | undefined {
  if (typeof headers === "function") return undefined;
  return kindOf(headers) === "Headers" ? Object.fromEntries(headers as Headers) : (headers as Record<string, string>);
}

function plainToken(token: Credentials["token"]): string | undefined {
  return typeof token === "function" ? undefined : token;
}
