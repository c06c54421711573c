import { isPromise } from "../async/is-promise.ts";
import { throughProxies } from "../checks/through-proxies.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { getOrAdd } from "../collections/get-or-add.ts";
import { invalidArgument } from "../checks/invalid-value-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { randomId } from "../bytes/random-id.ts";
import { withDeadline } from "../async/with-deadline.ts";
import { SinkStatus } from "./sink-status.ts";
import type {
  CustomSink,
  RecordingSink,
  RecordingSinkContext,
  Sink,
  SinkContext,
  SinkFlushOptions,
  SinkStats,
} from "./sink.ts";

/** The maximum size of messages whose `send` promises are pending. Above it, new chunks are dropped. */
const MAX_PENDING_BYTES = 100 * 1024 * 1024;

/** The sinks of all objects: an object is one destination, even if the program passes it several times. */
const adapted = new WeakMap<CustomSink, AdaptedSink>();

/**
 * Makes a sink of an object. Its method `send` gets each message, encoded. The same object always gives the same sink.
 *
 * @throws {TypeError} if `sink` has no method `send`, or another member is wrong
 * @example
 * const sizes: number[] = [];
 * await rec.setSink(rr.customSink({ send: (message) => void sizes.push(message.payload.length) }));
 */
export function customSink(sink: CustomSink): Sink {
  if (typeof (sink as CustomSink | undefined)?.send !== "function")
    throw invalidArgument("sink", "an object with a method `send`", sink);
  for (const name of ["open", "flush", "close"] as const) {
    if (!["function", "undefined"].includes(typeof sink[name])) throw invalidArgument(name, "a function", sink[name]);
  }
  const { kind } = sink;
  const isKind = kind === undefined || (typeof kind === "string" && !["", "buffering", "none"].includes(kind));
  if (!isKind) throw invalidArgument("kind", "a name other than `buffering` and `none`", kind);
  return getOrAdd(adapted, sink, () => new AdaptedSink(sink));
}

/**
 * Wraps a program's sink, and adds the parts that a recording needs: a state, statistics, and a count of lost data. The
 * first failure of any call breaks the sink.
 */
class AdaptedSink implements RecordingSink {
  readonly kind: string;
  readonly key: string;
  readonly needsEventLoop = true;
  readonly #sink: CustomSink;
  readonly #status: SinkStatus;
  /** Messages whose promise has not settled. */
  readonly #pending = new Set<EncodedMessage>();
  /** Settles when all promises of `send` so far have settled. */
  #sent: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(sink: CustomSink) {
    throughProxies(this);
    this.kind = sink.kind ?? "custom";
    this.key = `${this.kind}:${randomId()}`;
    this.#status = new SinkStatus(this.kind);
    this.#sink = sink;
  }

  open(context: RecordingSinkContext): void | Promise<void> {
    this.#status.attach(context);
    const { applicationId, recordingId } = context;
    const onWarning: SinkContext["onWarning"] = (message, code) => context.onWarning(message, code);
    const opening = this.#sink.open?.({ applicationId, recordingId, onWarning });
    const onOpen = (): void => this.#status.change("open");
    return isPromise(opening) ? Promise.resolve(opening).then(onOpen) : onOpen();
  }

  send(message: EncodedMessage): void {
    if (this.#status.state !== "open" || this.#closing !== undefined) return this.#status.drop(message, "closed");
    if (message.kind === "chunk" && this.#status.queuedBytes + message.payload.byteLength > MAX_PENDING_BYTES)
      return this.#status.drop(message, "queue-full");
    this.#pending.add(message);
    this.#status.queuedBytes += message.payload.byteLength;
    const onSent = (): void => {
      if (this.#settle(message)) this.#status.sentBytes += message.payload.byteLength;
    };
    const onFailure = (error: unknown): void => {
      this.#fail(error);
      if (this.#settle(message)) this.#status.drop(message, "closed");
    };
    try {
      const sending = this.#sink.send(message);
      if (isPromise(sending)) this.#sent = both(this.#sent, sending.then(onSent, onFailure));
      else onSent();
    } catch (error) {
      onFailure(error);
    }
  }

  flush(options: SinkFlushOptions): Promise<void> {
    return this.#closing ?? this.#finish(() => this.#sink.flush?.(options));
  }

  close(options: SinkFlushOptions): Promise<void> {
    return (this.#closing ??= this.#close(options));
  }

  /** Pending promises cannot settle any more, so their unconfirmed messages count as lost. */
  closeSync(): void {
    this.#status.dropAll([...this.#pending], "closed");
    this.#pending.clear();
    this.#status.queuedBytes = 0;
    if (this.#status.state !== "broken") this.#status.change("closed");
  }

  stats(): SinkStats {
    return this.#status.stats();
  }

  async #close(options: SinkFlushOptions): Promise<void> {
    try {
      const closing = this.#finish(() => this.#sink.close?.(options));
      if (!(await withDeadline(closing, options)))
        throw new RerunError("TIMEOUT", `timed out closing the ${this.kind} sink`);
    } finally {
      this.closeSync();
    }
  }

  async #finish(finish: () => unknown): Promise<void> {
    await this.#sent;
    try {
      await finish();
    } catch (error) {
      this.#fail(error);
    }
    this.#status.throwIfBroken();
  }

  #fail(error: unknown): void {
    if (!this.#status.isEnded) this.#status.change("broken", RerunError.from(error));
  }

  /** Notes that a message is no longer pending. Returns whether it was. */
  #settle(message: EncodedMessage): boolean {
    const isPending = this.#pending.delete(message);
    if (isPending) this.#status.queuedBytes -= message.payload.byteLength;
    return isPending;
  }
}

/** Waits for two promises. Unlike that of `Promise.all`, its result does not retain earlier results. */
async function both(first: Promise<unknown>, second: Promise<unknown>): Promise<void> {
  await first;
  await second;
}
