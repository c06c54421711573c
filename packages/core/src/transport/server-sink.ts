import { throughProxies } from "../checks/through-proxies.ts";
import { LOW_LATENCY_BATCHING, type BatcherConfig } from "../batch/batcher-config.ts";
import { costOfUrl, type ByteCost } from "../bytes/byte-cost.ts";
import { RerunError, type RerunErrorCode } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { SinkStatus } from "../sink/sink-status.ts";
import type {
  RecordingSink,
  RecordingSinkContext,
  SinkFlushOptions,
  SinkState,
  SinkStats,
  SinkTakeover,
} from "../sink/sink.ts";
import { describeIgnored, differingOptions } from "../sink/differing-options.ts";
import type { Credentials, Delivery, DeliveryContext } from "./delivery.ts";
import type { DeliveryLimits } from "./delivery-queue.ts";
import { compactMessage, releasePayload } from "./owned-message.ts";
import { deliveryLimits, type ServerSinkOptions } from "./server-sink-options.ts";
import { waitWithProgress } from "./wait-with-progress.ts";

/** Receives each state of a connection, and the error that ended it. */
export type FollowState = (state: SinkState, error?: RerunError) => void;

/** Destination and transport of a {@link ServerSink}. */
export interface ServerSinkSetup {
  readonly kind: string;
  /** Names the server in messages. */
  readonly url: string;
  /** Distinguishes the server from other destinations. Includes the path if one port can have several. */
  readonly destination: string;
  /** The options, by which two sinks for one destination are compared. */
  readonly options: ServerSinkOptions & Credentials;
  /** Whether the delivery takes the memory of messages, and releases it later. */
  readonly takesBuffers?: boolean | undefined;
  /** The cost of a byte at the destination. Default: that of the URL. */
  readonly byteCost?: ByteCost | undefined;
  /** The longest time in milliseconds without progress, for calls that wait. Default: 5 seconds. */
  readonly stallMs?: number | undefined;
  /** Whether the first failure to connect is reported as a warning. Later failures only appear as states. */
  readonly warnsOnFirstFailure?: boolean | undefined;
  /** Called when the sink opens. Returns a function that receives the states of the connection before the sink does. */
  followState?(warn: (message: string) => void): FollowState;
  /** Creates the delivery when the sink is opened. */
  createDelivery(limits: DeliveryLimits, context: DeliveryContext): Delivery;
}

/**
 * The sink for all transports and platforms that send to a server. Transports differ in their writer, platforms in
 * their {@link Delivery}: the calling thread, a worker, or a page that may be unloaded. This class implements the rest:
 * the limit of the queue, the states, waits with a deadline, and reports.
 *
 * The sink is first `connecting`, and `open` while there is a connection. No server ends it: it becomes `broken` only
 * by a fault of the program or, with `onFull: "error"`, when the queue is full.
 */
export abstract class ServerSink implements RecordingSink {
  readonly kind: string;
  readonly key: string;
  readonly batching: Partial<BatcherConfig> = LOW_LATENCY_BATCHING;
  readonly needsEventLoop = true;
  readonly isLossless = true;
  readonly takesBuffers: boolean;
  readonly byteCost: ByteCost;
  /** The server's address. */
  readonly url: string;
  readonly #setup: ServerSinkSetup;
  #options: ServerSinkSetup["options"];
  readonly #status: SinkStatus;
  readonly #limits: DeliveryLimits;
  readonly #failsWhenFull: boolean;
  #delivery: Delivery | undefined;
  #context: RecordingSinkContext | undefined;
  /** Whether there was a connection, or a warning why not: after that, changes of state say the rest. */
  #hasReported = false;
  /** Whether the sink is about to report the rest as dropped, with the reason. */
  #isEnding = false;

  /** @throws {TypeError} if an option is wrong. */
  constructor(setup: ServerSinkSetup) {
    throughProxies(this);
    const { kind, url, destination, options, takesBuffers = false } = setup;
    this.#limits = deliveryLimits(options);
    this.#failsWhenFull = options.onFull === "error";
    this.#setup = setup;
    this.#options = options;
    this.#status = new SinkStatus(kind);
    this.kind = kind;
    this.url = url;
    this.key = `${kind}:${destination}`;
    this.takesBuffers = takesBuffers;
    this.byteCost = setup.byteCost ?? costOfUrl(url);
  }

  open(context: RecordingSinkContext): void {
    this.#status.attach(context);
    this.#context = context;
    const onWarning = (message: string, code: RerunErrorCode = "CONNECTION"): void => this.#status.warn(message, code);
    const follow = this.#setup.followState?.(onWarning);
    this.#delivery = this.#setup.createDelivery(this.#limits, {
      onState: (state, error) => {
        follow?.(state, error);
        if (this.#status.isEnded) return;
        const isFirst = error !== undefined && !this.#hasReported;
        this.#hasReported = true;
        this.#status.change(state, error);
        if (!isFirst) return;
        // The state is still `connecting`, so only this call reports the error.
        context.onState(state, error);
        // The writer itself reports what a person must change.
        if (this.#setup.warnsOnFirstFailure === true && error.code === "CONNECTION")
          this.#status.warn(error.message, error.code);
      },
      onDrop: (drop) =>
        // The end, and the writer, report what they drop themselves.
        this.#status.countDrop({
          ...drop,
          isReported: drop.reason === "rejected" || (this.#isEnding && drop.reason === "closed"),
        }),
      onFailure: (error) => {
        follow?.("broken", error);
        this.#fail(error);
      },
      onWarning,
      onRelease: (payload) => {
        if (this.takesBuffers) releasePayload(payload, context);
      },
      flushRows: () => context.flushRows(),
    });
  }

  send(message: EncodedMessage): void {
    this.#send(message, false);
  }

  sendBacklog(message: EncodedMessage): void {
    this.#send(message, true);
  }

  /**
   * Settles when all data is sent. With `ack`, or if the transport cannot observe sending, settles when the server has
   * acknowledged all data. Rejects with `TIMEOUT` after a while without progress, but not before `timeoutMs`.
   */
  async flush({ ack = false, timeoutMs }: SinkFlushOptions = {}): Promise<void> {
    this.#status.throwIfBroken();
    const delivery = this.#delivery;
    if (delivery === undefined || this.#status.isEnded) return;
    const isDone = await this.#waitWithProgress(delivery.flush(ack), timeoutMs);
    this.#status.throwIfBroken();
    if (!isDone) throw this.#timeoutError();
  }

  async close({ timeoutMs }: SinkFlushOptions): Promise<void> {
    this.#status.throwIfBroken();
    if (this.#status.isEnded) return;
    const isDone = await this.#waitWithProgress(this.#delivery?.finish() ?? Promise.resolve(), timeoutMs);
    this.#status.throwIfBroken();
    if (this.#status.isEnded) return;
    this.#isEnding = true;
    this.#delivery?.abort();
    this.#status.change("closed");
    if (!isDone) throw this.#timeoutError("dropped");
  }

  retry(): void {
    this.#delivery?.retry?.();
  }

  beginClose(): void {
    if (!this.#status.isEnded) this.#delivery?.beginFinish?.();
  }

  /** A worker sends the rest within the time. Without a worker the rest is dropped, and the drop is reported. */
  closeSync(deadlineMs: number, connectMs?: number): void {
    if (this.#status.isEnded) return;
    this.#isEnding = true;
    const isDone = this.#delivery?.finishSync(deadlineMs, connectMs) ?? true;
    this.#status.change("closed");
    if (!isDone) this.#status.warn(this.#timeoutError("dropped").message, "TIMEOUT");
  }

  /** Renews the credentials of the program, which take effect with the next connection. */
  takeOver(other: RecordingSink): SinkTakeover | undefined {
    if (!(other instanceof ServerSink)) return {};
    const differing = differingOptions(this.#options, other.#options);
    const ignored = differing.filter((name) => name !== "headers" && name !== "token");
    const notice = describeIgnored(this, ignored);
    if (ignored.length === differing.length) return { notice };
    const { headers = this.#options.headers, token = this.#options.token } = other.#options;
    const delivery = this.#delivery;
    if (delivery?.canRenew?.({ headers, token }) !== true) return undefined;
    return {
      notice,
      apply: () => {
        this.#options = { ...this.#options, headers, token };
        delivery.renew?.({ headers, token });
      },
    };
  }

  stats(): SinkStats {
    const progress = this.#delivery?.progress;
    if (progress !== undefined) {
      this.#status.sentBytes = progress.sentBytes;
      this.#status.queuedBytes = this.#status.isEnded ? 0 : progress.pendingBytes;
      this.#status.reconnects = progress.reconnects;
    }
    return { ...this.#status.stats(), maxQueueBytes: this.#limits.maxQueueBytes };
  }

  #send(message: EncodedMessage, isBacklog: boolean): void {
    const delivery = this.#delivery;
    const context = this.#context;
    if (this.#status.isEnded || delivery === undefined) return this.#status.drop(message, "closed");
    if (!isBacklog && this.#failsWhenFull && message.kind === "chunk" && isTooMuch(message, delivery)) {
      this.#fail(new RerunError("QUEUE_FULL", `the queue to ${this.url} is full`));
      return this.#status.drop(message, "queue-full");
    }
    const passed = context === undefined || !this.takesBuffers ? message : compactMessage(message, context);
    delivery.send(passed, isBacklog);
  }

  /** Waits for `timeoutMs`, or without it for as long as there is progress. */
  #waitWithProgress(work: Promise<void>, timeoutMs?: number): Promise<boolean> {
    // Repeated bytes do not count as progress.
    const reached = (): number => {
      const { acknowledgedBytes = 0, queuedBytes = 0, pendingBytes = 0 } = this.#delivery?.progress ?? {};
      return acknowledgedBytes + queuedBytes - pendingBytes;
    };
    return waitWithProgress(work, reached, timeoutMs, timeoutMs ?? this.#setup.stallMs);
  }

  #timeoutError(consequence?: "dropped"): RerunError {
    const { lastError: cause, droppedRows, droppedBytes } = this.#status;
    const rows = droppedRows === 1 ? "row" : "rows";
    const rest = consequence === undefined ? "" : `; dropped ${droppedRows} ${rows} (${droppedBytes} bytes)`;
    const reason = cause === undefined ? "" : `: ${cause.message}`;
    return new RerunError("TIMEOUT", `timed out sending to ${this.url}${rest}${reason}`, { cause });
  }

  #fail(error: RerunError): void {
    if (this.#status.isEnded) return;
    this.#isEnding = true;
    // The sink reports the reason first, then the resulting drops.
    this.#status.change("broken", error);
    this.#delivery?.abort();
  }
}

function isTooMuch({ payload }: EncodedMessage, { progress }: Delivery): boolean {
  return progress.queuedBytes + payload.byteLength > progress.maxQueuedBytes;
}
