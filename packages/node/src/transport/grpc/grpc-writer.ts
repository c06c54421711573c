import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import {
  CongestionWindow,
  ReconnectingWriter,
  grpcFrameHeader,
  type DeliveryQueue,
  type WriterEvents,
} from "@rerun-ts/core/transport";
import { createGrpcClient, type GrpcClient, type GrpcClientOptions } from "./grpc-client.ts";

/** The size of a call adapts to the connection within these limits. Larger messages have separate calls. */
const MIN_CALL_BYTES = 16 * 1024;
const INITIAL_CALL_BYTES = 64 * 1024;
const MAX_CALL_BYTES = 8 * 1024 * 1024;
/** The time after which a call ends, in total and without data, because only its end is an acknowledgement. */
const CALL_MS = 1000;
const IDLE_MS = 50;
/** Small messages are joined into writes of about this size. */
const WRITE_BYTES = 256 * 1024;
/** Messages from this size on are written without copying. */
const JOIN_BELOW_BYTES = 64 * 1024;
/** The assumed speed of a connection before anything is known about it. Slower ones count as lost. */
const MIN_BYTES_PER_MS = 4;
/** Factor by which the next call may be slower than the last one. */
const SLOWDOWN = 8;

/** The state of the current call. */
interface Call {
  /** Whether the body of the call was read to the end. */
  isRead: boolean;
  /** Whether the call has succeeded or failed, so that its body must not take any more messages. */
  isEnded: boolean;
  readonly startedAt: number;
  /** Time when the body had been read to the end. */
  readAt: number;
}

/**
 * Sends messages from a queue to a server over gRPC. `WriteMessages` only acknowledges at the end of a call, so the
 * writer makes one call after another on one connection. Each call is limited in time, and to a size that the
 * connection can deliver within a few seconds. Everything runs in one thread.
 *
 * After a failure the writer connects again. It then sends the retained state first, followed by all unacknowledged
 * messages.
 */
export class GrpcWriter extends ReconnectingWriter {
  readonly #options: GrpcClientOptions;
  #client: GrpcClient | undefined;
  readonly #callSize = new CongestionWindow(MIN_CALL_BYTES, INITIAL_CALL_BYTES, MAX_CALL_BYTES);
  /** The rate of the last call, or the least rate. */
  #bytesPerMs = MIN_BYTES_PER_MS;
  /** Whether a caller waits for an acknowledgement, so that the current call ends early. */
  #isAckRequested = false;

  constructor(queue: DeliveryQueue, options: GrpcClientOptions, events: WriterEvents) {
    super(queue, events, options.url.host);
    this.#options = options;
  }

  /** `ack` ends the current call immediately. */
  override async until(isDone: () => boolean, ack = false): Promise<void> {
    await super.until(() => {
      if (isDone()) return true;
      this.#isAckRequested ||= ack;
      this.wake();
      return false;
    }, ack);
  }

  protected async connect(): Promise<void> {
    if (this.#client?.isConnected === true) return;
    this.#client?.abort();
    this.#client = await createGrpcClient(this.#options);
    if (this.isOver) return;
    await this.#client.connect();
    if (this.hasConnected) this.queue.restart();
  }

  protected disconnect(isLost: boolean): void {
    if (isLost) this.#client?.abort();
    else this.#client?.close();
    this.#client = undefined;
  }

  protected override onFailed({ code }: RerunError): number {
    if (code === "CONNECTION" && this.queue.sentCount > 0) this.#callSize.onLost();
    return this.queue.sentCount;
  }

  protected async sendAll(): Promise<void> {
    const client = this.#client as GrpcClient;
    while (!this.isOver) {
      if (!this.queue.hasPending) await this.wait(undefined, this.isClosing);
      // Reconnect first, because the server must then receive the retained state.
      if (!client.isConnected) return;
      if (!this.queue.hasPending) continue;
      const startedAt = performance.now();
      const call: Call = { isRead: false, isEnded: false, startedAt, readAt: startedAt };
      try {
        await client.write(this.#body(call, client), this.stop.signal);
      } finally {
        call.isEnded = true;
      }
      if (!call.isRead) throw new RerunError("CONNECTION", `${this.#options.url.href} ended a call early`);
      this.#onCallDone(call);
    }
  }

  #onCallDone({ startedAt, readAt }: Call): void {
    const now = performance.now();
    const bytes = this.queue.sentBytes;
    this.queue.acknowledge(this.queue.sentCount);
    this.#callSize.onAcknowledged(bytes, bytes, now - readAt);
    this.#bytesPerMs = Math.max(MIN_BYTES_PER_MS, bytes / (now - startedAt) / SLOWDOWN);
    this.onAcknowledged();
  }

  /** The body of one call. Takes nothing more from the queue once the call is over. */
  async *#body(call: Call, client: GrpcClient): AsyncGenerator<Uint8Array> {
    const end = performance.now() + CALL_MS;
    const maxBytes = this.#callSize.bytes;
    this.#isAckRequested = false;
    while (!call.isEnded && this.queue.sentBytes < maxBytes && performance.now() < end) {
      const { nextBytes, sentBytes } = this.queue;
      if (nextBytes !== undefined && sentBytes > 0 && sentBytes + nextBytes > maxBytes) break;
      const room = this.attempts.maxMessages - this.queue.sentCount;
      if (room <= 0) break;
      if (nextBytes !== undefined) {
        const batch = this.queue.take(Math.min(WRITE_BYTES, maxBytes - sentBytes), room);
        client.expectAnswer(this.queue.sentBytes / this.#bytesPerMs);
        yield* frames(batch);
        client.expectAnswer(this.queue.sentBytes / this.#bytesPerMs);
        this.queue.markWritten();
        call.readAt = performance.now();
        this.notify();
      } else {
        if (!this.isClosing && !this.#isAckRequested) await this.wait(IDLE_MS);
        if (!this.queue.hasPending) break;
      }
    }
    call.isRead = true;
  }
}

/** The messages in their frames: small ones joined, large ones not copied. */
function* frames(batch: readonly EncodedMessage[]): Generator<Uint8Array> {
  let parts: Uint8Array[] = [];
  for (const message of batch) {
    parts.push(grpcFrameHeader(message));
    if (message.payload.byteLength < JOIN_BELOW_BYTES) {
      parts.push(message.payload);
      continue;
    }
    yield Buffer.concat(parts);
    parts = [];
    yield message.payload;
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}
