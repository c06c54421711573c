import { RerunError } from "../../errors.ts";
import type { EncodedMessage } from "../../rrd/encode/encoded-message.ts";
import { Backoff } from "../backoff.ts";
import type { DeliveryQueue } from "../delivery-queue.ts";
import { LoopWriter } from "../loop-writer.ts";
import type { QueueWriterEvents } from "../queued-sink.ts";
import { SESSION_BYTES, encodeData, encodeParts, type Ack } from "./frames.ts";
import { WebSocketConnection, type WebSocketTarget } from "./websocket-connection.ts";

/** Small messages share a frame of about this size, and larger ones go in pieces of it. */
const FRAME_BYTES = 256 * 1024;
/** How much is sent without letting others have their turn. */
const TURN_BYTES = 2 * 1024 * 1024;
/** How long a relay that owes an acknowledgement may be silent. */
const SILENCE_MS = 10_000;
/** How often a relay may refuse what is sent, without taking anything in between. */
const MAX_REFUSALS = 3;

/** What a {@link WebSocketWriter} tells; who counts what is sent may leave out the one or the other. */
export interface WebSocketWriterEvents extends Partial<QueueWriterEvents> {
  /** Bytes were written to the connection. */
  onSent?(bytes: number): void;
}

/** Takes messages from a queue to a relay, as many at a time as it allows, and goes on where it was after a break. */
export class WebSocketWriter extends LoopWriter {
  readonly #target: WebSocketTarget;
  readonly #events: WebSocketWriterEvents;
  readonly #backoff = new Backoff();
  #session = crypto.getRandomValues(new Uint8Array(SESSION_BYTES));
  /** The number of the oldest message that is not acknowledged, the first one that was sent. */
  #first = 0;
  #window = 0;
  #connection: WebSocketConnection | undefined;
  #hasConnected = false;
  #refusals = 0;
  /** Since when the relay owes an acknowledgement. */
  #owesSince = 0;

  constructor(queue: DeliveryQueue, target: WebSocketTarget, events: WebSocketWriterEvents) {
    super(queue);
    this.#target = target;
    this.#events = events;
  }

  /** The session, and the number of the oldest message that is not acknowledged. */
  get position(): { readonly session: Uint8Array; readonly first: number } {
    return { session: this.#session, first: this.#first };
  }

  async run(): Promise<void> {
    while (!this.isOver) {
      try {
        await this.#connect();
        await this.#sendAll();
      } catch (error) {
        await this.#recover(RerunError.from(error, "CONNECTION"));
      }
    }
    this.#connection?.close();
    this.notify();
  }

  /** Stops at once. */
  override abort(): void {
    this.stop.abort();
    this.#connection?.abort();
    super.abort();
  }

  async #connect(): Promise<void> {
    this.#connection?.abort();
    const { applicationId = "", recordingId = "" } = this.queue.oldest?.storeId ?? {};
    const hello = { session: this.#session, first: this.#first, applicationId, recordingId };
    const { connection, welcome } = await WebSocketConnection.open(this.#target, hello, this.stop.signal, {
      onAck: (ack) => this.#hear(ack),
      onLoss: () => this.wake(),
    });
    this.#connection = connection;
    this.#resume(welcome);
    if (this.#hasConnected) this.#events.onReconnect?.();
    this.#hasConnected = true;
    this.#events.onState?.("open");
    this.notify();
  }

  /** Begins where the relay is: after what it holds, or with what a new one must know. */
  #resume({ isResumed, next, window }: { isResumed: boolean; next: number; window: number }): void {
    if (isResumed && next >= this.#first) {
      this.#acknowledge(next);
      this.queue.rewind();
    } else {
      // Numbers that do not fit are of no use: then all begins again.
      if (next !== this.#first) {
        this.#session = crypto.getRandomValues(new Uint8Array(SESSION_BYTES));
        this.#first = 0;
        throw new RerunError("CONNECTION", `${this.#target.url.href} knows another session by this name`);
      }
      if (this.#hasConnected) this.queue.restart();
    }
    this.#window = window;
  }

  async #sendAll(): Promise<void> {
    const connection = this.#connection as WebSocketConnection;
    const isLost = (): boolean => connection.loss !== undefined;
    while (!this.isOver) {
      if (connection.loss !== undefined) throw connection.loss;
      this.#sendTurn(connection);
      if (this.isOver) return;
      if (this.#mayGo) await this.wait(0, isLost());
      else if (this.queue.sentCount === 0) await this.wait(undefined, isLost());
      else {
        const silentMs = performance.now() - Math.max(connection.heardAt, this.#owesSince);
        if (silentMs >= SILENCE_MS) {
          const { href } = this.#target.url;
          throw new RerunError("CONNECTION", `${href} has acknowledged nothing for ${SILENCE_MS / 1000} seconds`);
        }
        await this.wait(SILENCE_MS - silentMs, isLost());
      }
    }
  }

  /** Whether the window has room for what comes next. */
  get #mayGo(): boolean {
    const next = this.queue.nextBytes;
    if (next === undefined) return false;
    const { sentBytes } = this.queue;
    return this.queue.sentCount === 0 || sentBytes + next <= this.#window;
  }

  /** Sends what the window allows, up to what is polite in one turn. */
  #sendTurn(connection: WebSocketConnection): void {
    let bytes = 0;
    if (this.queue.sentCount === 0) this.#owesSince = performance.now();
    while (this.#mayGo && bytes < TURN_BYTES && connection.loss === undefined) bytes += this.#sendFrame(connection);
    if (bytes === 0) return;
    this.queue.markWritten();
    this.#events.onSent?.(bytes);
    this.notify();
  }

  /** Sends messages that share a frame, or one large message; returns its bytes. */
  #sendFrame(connection: WebSocketConnection): number {
    const number = this.#first + this.queue.sentCount;
    const [head] = this.queue.take(1) as [EncodedMessage];
    if (head.payload.byteLength > FRAME_BYTES) {
      for (const pieces of encodeParts(number, head, FRAME_BYTES)) connection.sendPieces(pieces);
      return head.payload.byteLength;
    }
    const batch = [head];
    let bytes = head.payload.byteLength;
    while (this.#mayGo && bytes + (this.queue.nextBytes ?? 0) <= FRAME_BYTES) {
      const [message] = this.queue.take(1) as [EncodedMessage];
      batch.push(message);
      bytes += message.payload.byteLength;
    }
    connection.send(encodeData(number, batch));
    return bytes;
  }

  #hear({ next, window }: Ack): void {
    this.#window = window;
    if (next > this.#first && this.queue.sentCount > 0) {
      this.#acknowledge(next);
      this.#backoff.reset();
      this.#refusals = 0;
      this.notify();
    }
    this.wake();
  }

  /** A relay may hold more than was sent here: what a page posted when it seemed to be left. */
  #acknowledge(next: number): void {
    const before = this.queue.bytes;
    const count = Math.min(next - this.#first, this.queue.sentCount);
    this.queue.acknowledge(count);
    this.#first += count;
    this.#events.onArrived?.(before - this.queue.bytes);
  }

  async #recover(error: RerunError): Promise<void> {
    this.#connection?.abort();
    this.#connection = undefined;
    if (this.stop.signal.aborted) return;
    if (error.code !== "CONNECTION") this.#refusals++;
    if (this.#refusals >= MAX_REFUSALS || error.code === "AUTH" || error.code === "UNSUPPORTED") {
      this.abort();
      throw error;
    }
    this.#events.onState?.("connecting", error);
    await this.pause(this.#backoff.next());
  }
}
