import { RerunError, type EncodedMessage, type SinkState } from "@rerun-ts/core";
import { Backoff, LoopWriter, grpcFrameHeader, type DeliveryQueue } from "@rerun-ts/core/internal";
import { createGrpcClient, type GrpcClient, type GrpcClientOptions } from "./grpc-client.ts";

/** A call ends after this much, or this long, so that the server acknowledges what it has; and when nothing more comes. */
const CALL_BYTES = 8 * 1024 * 1024;
const CALL_MS = 1000;
const IDLE_MS = 50;
/** Small messages are joined into writes of this size. */
const WRITE_BYTES = 256 * 1024;
/** Larger messages are written as they are. */
const JOIN_BELOW_BYTES = 64 * 1024;
/** How often a server may refuse what is sent, without taking anything in between. */
const MAX_REFUSALS = 3;

/** What a {@link GrpcWriter} tells. */
export interface GrpcWriterEvents {
  onState(state: SinkState, error?: RerunError): void;
  /** Bytes were written to the connection. */
  onSent(bytes: number): void;
  /** A lost connection was made again. */
  onReconnect(): void;
}

/** A call that is being made. */
interface Call {
  /** Its body has been read to its end. */
  isRead: boolean;
  /** It has succeeded or failed: its body must take nothing more. */
  isOver: boolean;
}

/** Takes messages from a queue to a server: connects, sends, hears what has arrived, and begins again where that fails. */
export class GrpcWriter extends LoopWriter {
  readonly #options: GrpcClientOptions;
  readonly #events: GrpcWriterEvents;
  readonly #backoff = new Backoff();
  #client: GrpcClient | undefined;
  #hasConnected = false;
  #refusals = 0;
  /** Somebody wants to hear that what was sent has arrived. */
  #wantsAck = false;

  constructor(queue: DeliveryQueue, options: GrpcClientOptions, events: GrpcWriterEvents) {
    super(queue);
    this.#options = options;
    this.#events = events;
  }

  async run(): Promise<void> {
    while (!this.isOver) {
      try {
        await this.#connect();
        await this.#sendAll();
      } catch (error) {
        await this.#recover(error as RerunError);
      }
    }
    this.#client?.abort();
    this.notify();
  }

  /** `ack`: the call that is open ends now. */
  override async until(isDone: () => boolean, ack = false): Promise<void> {
    await super.until(() => {
      if (isDone()) return true;
      this.#wantsAck ||= ack;
      this.wake();
      return false;
    });
  }

  override abort(): void {
    this.stop.abort();
    this.#client?.abort();
    super.abort();
  }

  async #connect(): Promise<void> {
    if (this.#client?.isConnected === true) return;
    this.#client?.abort();
    this.#client = await createGrpcClient(this.#options);
    if (this.isOver) return;
    await this.#client.connect();
    if (this.#hasConnected) {
      this.queue.restart();
      this.#events.onReconnect();
    }
    this.#hasConnected = true;
    this.#events.onState("open");
  }

  async #sendAll(): Promise<void> {
    const client = this.#client as GrpcClient;
    while (!this.isOver) {
      if (!this.queue.hasWaiting) await this.wait(undefined, this.isClosing);
      // A server that is another one now must hear first what it must know.
      if (!client.isConnected) return;
      if (!this.queue.hasWaiting) continue;
      const call: Call = { isRead: false, isOver: false };
      try {
        await client.write(this.#body(call), this.stop.signal);
      } finally {
        call.isOver = true;
      }
      if (!call.isRead) throw new RerunError("CONNECTION", `${this.#options.url.href} ended a call early`);
      this.queue.acknowledge(this.queue.sentCount);
      this.#backoff.reset();
      this.#refusals = 0;
      this.notify();
    }
  }

  /** The body of one call. Takes nothing from the queue any more once the call is over. */
  async *#body(call: Call): AsyncGenerator<Uint8Array> {
    const end = performance.now() + CALL_MS;
    let bytes = 0;
    this.#wantsAck = false;
    while (!call.isOver && bytes < CALL_BYTES && performance.now() < end) {
      if (this.queue.hasWaiting) {
        yield* frames(this.queue.take(WRITE_BYTES));
        const written = this.queue.markWritten();
        bytes += written;
        this.#events.onSent(written);
        this.notify();
      } else {
        if (!this.isClosing && !this.#wantsAck) await this.wait(IDLE_MS);
        if (!this.queue.hasWaiting) break;
      }
    }
    call.isRead = true;
  }

  async #recover(error: RerunError): Promise<void> {
    if (this.stop.signal.aborted) return;
    this.#client?.abort();
    this.#client = undefined;
    const isRefusal = error.code !== "CONNECTION";
    this.#refusals += isRefusal ? 1 : 0;
    if (this.#refusals >= MAX_REFUSALS || error.code === "AUTH") {
      this.stop.abort();
      this.notify();
      throw error;
    }
    this.#events.onState("connecting", error);
    await this.pause(this.#backoff.next());
  }
}

/** The messages as they stand in the body: small ones joined, large ones uncopied. */
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
