import { RerunError } from "../../errors/rerun-error.ts";
import type { EncodedMessage } from "../../rrd/encode/encoded-message.ts";
import type { DeliveryQueue } from "../delivery-queue.ts";
import type { WriterEvents } from "../queue-writer.ts";
import { ReconnectingWriter } from "../reconnecting-writer.ts";
import { CongestionWindow } from "../congestion-window.ts";
import { needsOrder } from "../order.ts";
import { TooLargeError, postMessages, type PostOptions } from "./post-messages.ts";

/** Limits of the bytes in flight, which adapt to the connection. Larger messages have separate calls. */
const MIN_WINDOW_BYTES = 16 * 1024;
const INITIAL_WINDOW_BYTES = 64 * 1024;
const MAX_WINDOW_BYTES = 8 * 1024 * 1024;
/** The limit in a separate thread, where larger calls block nothing else and save waits for responses. */
const MAX_JOINED_WINDOW_BYTES = 16 * 1024 * 1024;
/** The number of calls at a time: while the server handles one, the body of another is sent. */
const MAX_CALLS = 2;

/** The shortest time between two calls that nobody waits for, unless there is enough data for a whole call. */
export const GATHER_MS = 50;
/** A server that has not answered an empty call after this time may have no connection left for it. */
const LATE_MS = 4000;

/** A call in flight, or a call that waits for earlier ones. */
interface Call {
  readonly messages: readonly EncodedMessage[];
  readonly bytes: number;
  /** Whether no other call may be in flight. */
  readonly isAlone: boolean;
  /** The result, absent until the call has ended. */
  result?: "done" | RerunError;
}

/**
 * Sends messages from a queue to a server in gRPC-web calls: one call after another, or two at a time while a whole
 * further call is pending and its order does not matter. Calls are acknowledged in order. A failed call is repeated,
 * smaller each time, for as long as the program runs.
 */
export class GrpcWebWriter extends ReconnectingWriter {
  readonly #options: PostOptions;
  /** Calls that were not acknowledged, oldest first. */
  #calls: Call[] = [];
  /** Ends the calls in flight. There is none while the server is not known to be reachable. */
  #connection: AbortController | undefined;
  readonly #window: CongestionWindow;
  #calledAt = -Infinity;
  #hasWarnedOfLimit = false;

  constructor(queue: DeliveryQueue, options: PostOptions, events: WriterEvents) {
    super(queue, events, options.url.host);
    this.#options = options;
    const maxBytes = options.join === undefined ? MAX_WINDOW_BYTES : MAX_JOINED_WINDOW_BYTES;
    this.#window = new CongestionWindow(MIN_WINDOW_BYTES, INITIAL_WINDOW_BYTES, maxBytes);
  }

  protected override get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  /** Checks with an empty call whether the server is reachable. */
  protected async connect(): Promise<void> {
    const timer = setTimeout(() => this.#warnOfLimit(), LATE_MS);
    try {
      await postMessages(this.#options, [], this.stop.signal);
    } finally {
      clearTimeout(timer);
    }
    if (this.hasConnected) this.queue.restart();
    this.#connection = new AbortController();
  }

  protected disconnect(): void {
    this.#connection?.abort();
    this.#connection = undefined;
    this.#calls = [];
  }

  /** The error is about the oldest call. */
  protected override onFailed({ code }: RerunError): number {
    if (code !== "SERVER" && this.#connection !== undefined) this.#window.onLost();
    return this.#calls[0]?.messages.length ?? 0;
  }

  protected async sendAll(): Promise<void> {
    const connection = this.#connection as AbortController;
    while (!this.isOver) {
      this.#acknowledge();
      const waitMs = this.#canCall ? this.#gatherMs : undefined;
      if (waitMs === 0) void this.#call(connection);
      else await this.wait(waitMs);
    }
  }

  /** The time until the next call, in which it becomes larger: each call costs as much as many messages. */
  get #gatherMs(): number {
    const { bytes, sentBytes } = this.queue;
    if (this.isAwaited || this.isClosing || bytes - sentBytes >= this.#callBytes) return 0;
    return Math.max(0, this.#calledAt + GATHER_MS - performance.now());
  }

  /** Browsers queue further requests without a word. */
  #warnOfLimit(): void {
    const { url, connectionHint } = this.#options;
    if (this.#hasWarnedOfLimit || connectionHint === undefined) return;
    this.#hasWarnedOfLimit = true;
    const limit = "a browser makes at most six connections to a server over HTTP/1.1, for all its tabs together";
    const remedy =
      "if others use them all, e.g. live recordings, use `connectWebSocket`, which has connections of its own";
    this.events.onWarning?.(`${url.href} has not answered for ${LATE_MS / 1000} seconds; ${limit}; ${remedy}`);
  }

  /** The size of a call: together they fill the window. */
  get #callBytes(): number {
    return this.#window.bytes / MAX_CALLS;
  }

  /** Whether the next messages may leave now. */
  get #canCall(): boolean {
    const { next, bytes, sentBytes } = this.queue;
    if (next === undefined) return false;
    if (this.#calls.length === 0) return true;
    if (this.attempts.maxMessages < Infinity) return false;
    if (this.#calls.length >= MAX_CALLS || this.#calls.some(({ isAlone, result }) => isAlone || isFailure(result)))
      return false;
    return bytes - sentBytes >= this.#callBytes && !needsOrder(next);
  }

  /** Makes a call with the next messages. Never rejects: the result is in the call. */
  async #call({ signal }: AbortController): Promise<void> {
    const isFirst = this.#calls.length === 0;
    const messages = this.queue.take(this.#callBytes, this.attempts.maxMessages, isFirst ? undefined : needsOrder);
    const bytes = messages.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    const call: Call = { messages, bytes, isAlone: isFirst && messages.some(needsOrder) };
    this.#calls.push(call);
    const startedAt = performance.now();
    this.#calledAt = startedAt;
    try {
      await postMessages(this.#options, messages, signal);
      call.result = "done";
      // A call that is alone counts with its multiple, because no second call could fill the rest of the window.
      const inFlight = call.isAlone ? bytes * MAX_CALLS : this.queue.sentBytes;
      if (!signal.aborted) this.#window.onAcknowledged(bytes, inFlight, performance.now() - startedAt);
    } catch (error) {
      call.result = RerunError.from(error);
    }
    if (!signal.aborted) this.wake();
  }

  /** Acknowledges the oldest calls that are done. @throws {RerunError} if the one after them has failed */
  #acknowledge(): void {
    for (let [call] = this.#calls; call?.result !== undefined; [call] = this.#calls) {
      const { messages, bytes, result } = call;
      if (isFailure(result)) {
        if (result instanceof TooLargeError && messages.length > 1) this.#window.limit(bytes);
        throw result;
      }
      this.#calls.shift();
      this.queue.acknowledge(messages.length);
      this.onAcknowledged();
    }
  }
}

function isFailure(result: Call["result"]): result is RerunError {
  return result instanceof RerunError;
}
