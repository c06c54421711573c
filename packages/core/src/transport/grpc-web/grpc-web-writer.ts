import { RerunError } from "../../errors/rerun-error.ts";
import { Backoff } from "../backoff.ts";
import type { DeliveryQueue } from "../delivery-queue.ts";
import { QueueWriter, type WriterEvents } from "../queue-writer.ts";
import { CongestionWindow } from "../congestion-window.ts";
import { Rejections } from "../rejections.ts";
import { TooLargeError, postMessages, type PostOptions } from "./post-messages.ts";

/** The size of a call, within which it adapts to the connection; larger messages have calls of their own. */
const MIN_CALL_BYTES = 16 * 1024;
const INITIAL_CALL_BYTES = 64 * 1024;
const MAX_CALL_BYTES = 8 * 1024 * 1024;
/** In a thread that may take its time, so that fewer calls are waited for. */
const MAX_JOINED_CALL_BYTES = 16 * 1024 * 1024;

/**
 * Takes messages from a queue to a server, one gRPC-web call after another. A call that fails is repeated for as long
 * as the program runs, smaller each time; only a server that rejects the same call several times ends the writer.
 */
export class GrpcWebWriter extends QueueWriter {
  readonly #options: PostOptions;
  readonly #events: WriterEvents;
  readonly #backoff = new Backoff();
  #hasConnection = false;
  #hasConnected = false;
  readonly #callSize: CongestionWindow;
  /** Whether the last call was lost, or too large for something between here and the server. */
  #hasLost = false;
  readonly #rejections: Rejections;

  constructor(queue: DeliveryQueue, options: PostOptions, events: WriterEvents) {
    super(queue);
    this.#rejections = new Rejections(queue);
    this.#options = options;
    const maxBytes = options.join === undefined ? MAX_CALL_BYTES : MAX_JOINED_CALL_BYTES;
    this.#callSize = new CongestionWindow(MIN_CALL_BYTES, INITIAL_CALL_BYTES, maxBytes);
    this.#events = events;
  }

  async run(): Promise<void> {
    while (!this.isOver) {
      try {
        if (!this.#hasConnection) await this.#connect();
        else if (this.queue.hasPending) await this.#send();
        else await this.wait();
      } catch (error) {
        await this.#recover(RerunError.from(error));
      }
    }
    this.notify();
  }

  protected override get isConnected(): boolean {
    return this.#hasConnection;
  }

  /** Checks with an empty call whether the server is reachable. */
  async #connect(): Promise<void> {
    await postMessages(this.#options, [], this.stop.signal);
    if (this.#hasConnected) {
      this.queue.restart();
      this.queue.reconnects++;
    }
    this.#hasConnection = true;
    this.#hasConnected = true;
    if (!this.#hasLost) this.#backoff.reset();
    this.#events.onState("open");
  }

  async #send(): Promise<void> {
    const batch = this.queue.take(this.#callSize.bytes);
    const bytes = batch.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    const startedAt = performance.now();
    try {
      await postMessages(this.#options, batch, this.stop.signal);
    } catch (error) {
      if (!(error instanceof TooLargeError) || batch.length === 1) throw error;
      this.#callSize.limit(bytes);
      throw new RerunError("CONNECTION", error.message, { cause: error });
    }
    this.queue.acknowledge(batch.length);
    this.#callSize.onAcknowledged(bytes, bytes, performance.now() - startedAt);
    this.#backoff.reset();
    this.#rejections.onAcknowledged();
    this.#hasLost = false;
    this.notify();
  }

  async #recover(error: RerunError): Promise<void> {
    if (this.stop.signal.aborted) return;
    if (error.code !== "CONNECTION") this.#rejections.add();
    else if (this.#hasConnection) {
      this.#hasLost = true;
      this.#callSize.onLost();
    }
    this.#hasConnection = false;
    if (error.code === "AUTH" || this.#rejections.isTooMany) {
      this.abort();
      throw error;
    }
    this.#events.onState("connecting", error);
    await this.pause(this.#backoff.next());
  }
}
