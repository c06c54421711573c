import { RerunError } from "../../errors/rerun-error.ts";
import type { EncodedMessage } from "../../rrd/encode/encoded-message.ts";
import { Fifo } from "../../collections/fifo.ts";
import { CongestionWindow } from "../congestion-window.ts";
import type { DeliveryQueue } from "../delivery-queue.ts";
import type { WriterEvents } from "../queue-writer.ts";
import { ReconnectingWriter } from "../reconnecting-writer.ts";
import { SESSION_BYTES, encodeAsk, encodeData, encodeParts, type Ack, type Welcome } from "./frames.ts";
import { WebSocketConnection, type WebSocketTarget } from "./websocket-connection.ts";

/**
 * Small messages share a frame of about this size. Larger messages are sent in pieces of this size. Slow connections
 * use smaller frames.
 */
const MAX_FRAME_BYTES = 256 * 1024;
const MIN_FRAME_BYTES = 8 * 1024;
/** Limits of the bytes in flight. The relay's window may be smaller. */
const MIN_FLIGHT_BYTES = 32 * 1024;
const INITIAL_FLIGHT_BYTES = 64 * 1024;
const MAX_FLIGHT_BYTES = 8 * 1024 * 1024;
/** Number of bytes that are sent before the writer yields to the event loop. */
const BATCH_BYTES = 2 * 1024 * 1024;
/** A connection counts as lost after this long in which nothing was received and nothing left, with data in flight. */
const SILENCE_MS = 10_000;
/** Interval of that check. */
const CHECK_MS = 1000;

/**
 * Sends messages from a queue to a relay, within the window of bytes that the relay grants. After a lost connection the
 * writer continues after the last message that the relay holds. A relay that does not know the session first receives
 * the retained state.
 */
export class WebSocketWriter extends ReconnectingWriter {
  readonly #target: WebSocketTarget;
  #session = crypto.getRandomValues(new Uint8Array(SESSION_BYTES));
  /** The number of the oldest message that is not acknowledged. */
  #first = 0;
  #window = 0;
  /** Whether the relay is an edge. */
  #isEdge = false;
  /** Bytes in flight that an edge has received, and not acknowledged. */
  #receivedBytes = 0;
  /** The number after the last message whose acknowledgement was requested from an edge. */
  #askedFor = 0;
  #connection: WebSocketConnection | undefined;
  /** Whether a relay has accepted the session. */
  #isAccepted = false;
  /** Whether another relay has had data before. */
  #hasMoved = false;
  /** Whether a page has posted messages of this session: a relay may yet receive them. */
  #hasPosted = false;
  /** Whether a hello frame was sent whose welcome has not arrived: a new relay then knows the session nevertheless. */
  #isUncertain = false;
  #frameBytes = MAX_FRAME_BYTES;
  readonly #flight = new CongestionWindow(MIN_FLIGHT_BYTES, INITIAL_FLIGHT_BYTES, MAX_FLIGHT_BYTES);
  /** Times at which messages were sent, with the number after the last message of each batch, oldest first. */
  readonly #batches = new Fifo<{ readonly end: number; readonly sentAt: number; readonly bytes: number }>();
  /** Since when data has been unacknowledged. */
  #unacknowledgedSince = 0;

  constructor(queue: DeliveryQueue, target: WebSocketTarget, events: WriterEvents) {
    super(queue, events, target.url.host);
    this.#target = target;
  }

  /**
   * The session, and the number of the oldest message that is not acknowledged, for a page that posts from there on.
   */
  beginPost(): { readonly session: Uint8Array; readonly first: number } {
    this.#hasPosted = true;
    return { session: this.#session, first: this.#first };
  }

  protected override get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  protected async connect(): Promise<void> {
    const { applicationId = "", recordingId = "" } = this.queue.unacknowledged[0]?.storeId ?? {};
    const hello = { session: this.#session, first: this.#first, applicationId, recordingId };
    const wasUncertain = this.#isUncertain;
    const { connection, welcome } = await WebSocketConnection.open(this.#target, hello, this.stop.signal, {
      onHello: () => (this.#isUncertain = true),
      onAck: (ack) => this.#onAck(ack),
      onReceived: (next) => this.#onReceived(next),
      onLoss: () => this.wake(),
    });
    this.#connection = connection;
    this.#isUncertain = false;
    this.#resume(welcome, wasUncertain);
    this.#isAccepted = true;
    this.#hasMoved = false;
  }

  protected disconnect(isLost: boolean): void {
    if (isLost) this.#connection?.abort();
    else this.#connection?.close();
    this.#connection = undefined;
  }

  /** After a rejection the relay receives the retained state again: whether it accepts that shows what is at fault. */
  protected override onFailed({ code }: RerunError): number {
    const { sentCount } = this.queue;
    if (sentCount === 0) return 0;
    if (code === "SERVER") this.#beginSession();
    else this.#flight.onLost();
    return sentCount;
  }

  /** Continues after the last message that the relay holds. Another relay first receives the retained state. */
  #resume({ isResumed, isEdge, next, window }: Welcome, wasUncertain: boolean): void {
    // If a hello was lost, a relay that holds nothing more than that hello announced may be another one.
    const hasProof = isEdge || !wasUncertain || !this.#isAccepted || next > this.#first;
    const isKnown = isResumed && hasProof && next >= this.#first;
    // The retained state must not reuse numbers of posted messages.
    const isTaken = this.#hasMoved && this.#hasPosted;
    if (isTaken || (!isKnown && (this.#isAccepted || next !== this.#first))) {
      // Another relay: a separate session separates its numbers from those of the previous relay, which may return.
      this.#beginSession();
      throw new RerunError("CONNECTION", `${this.#target.url.href} does not know the session`);
    }
    if (isKnown) this.#acknowledge(next);
    // Another relay may know the session already, if its first welcome was lost.
    if (this.#hasMoved) this.queue.restart();
    else this.queue.rewind();
    this.#window = window;
    this.#isEdge = isEdge;
    this.#receivedBytes = this.#askedFor = 0;
    this.#batches.takeAll();
  }

  /** The next relay counts as one that knows nothing. */
  #beginSession(): void {
    this.#session = crypto.getRandomValues(new Uint8Array(SESSION_BYTES));
    this.#first = 0;
    this.#isAccepted = false;
    this.#hasMoved = true;
    this.#hasPosted = false;
  }

  protected async sendAll(): Promise<void> {
    const connection = this.#connection as WebSocketConnection;
    const isLost = (): boolean => connection.loss !== undefined;
    while (!this.isOver) {
      if (connection.loss !== undefined) throw connection.loss;
      this.#sendBatch(connection);
      this.#ask(connection);
      if (this.isOver) return;
      if (this.#canSend) await this.wait(0, isLost());
      else if (this.queue.sentCount === 0) await this.wait(undefined, isLost());
      else {
        const silentMs = performance.now() - Math.max(connection.lastActiveAt, this.#unacknowledgedSince);
        if (silentMs >= SILENCE_MS) {
          this.#frameBytes = Math.max(MIN_FRAME_BYTES, this.#frameBytes / 2);
          const { href } = this.#target.url;
          throw new RerunError(
            "CONNECTION",
            `cannot connect to ${href}: nothing moved for ${SILENCE_MS / 1000} seconds`,
          );
        }
        await this.wait(Math.min(CHECK_MS, SILENCE_MS - silentMs), isLost());
      }
    }
  }

  /** Whether the window has room for the next message. */
  get #canSend(): boolean {
    const next = this.queue.nextBytes;
    if (next === undefined) return false;
    const { sentBytes, sentCount } = this.queue;
    if (sentCount >= this.attempts.maxMessages) return false;
    const inFlight = sentBytes - this.#receivedBytes;
    if (sentCount === 0 || (inFlight <= 0 && sentBytes + next <= this.#window)) return true;
    return sentBytes + next <= this.#window && inFlight + next <= this.#flight.bytes;
  }

  /**
   * Requests that an edge stores its received messages, if a caller waits for acknowledgements or the queue needs room.
   */
  #ask(connection: WebSocketConnection): void {
    const { bytes, maxBytes, hasPending, sentCount } = this.queue;
    const end = this.#first + sentCount;
    const isWaiting = (this.isAckAwaited || this.isClosing) && !hasPending;
    if (!this.#isEdge || end <= this.#askedFor || !(isWaiting || bytes > maxBytes / 2)) return;
    this.#askedFor = end;
    connection.send(encodeAsk());
  }

  /** Sends as much as the window allows, up to one batch. */
  #sendBatch(connection: WebSocketConnection): void {
    let bytes = 0;
    if (this.queue.sentCount === 0) this.#unacknowledgedSince = performance.now();
    while (this.#canSend && bytes < BATCH_BYTES && connection.loss === undefined) bytes += this.#sendFrame(connection);
    if (bytes === 0) return;
    this.#batches.push({ end: this.#first + this.queue.sentCount, sentAt: performance.now(), bytes });
    this.queue.markWritten();
    this.notify();
  }

  /** Sends one frame of small messages, or one large message. Returns its bytes. */
  #sendFrame(connection: WebSocketConnection): number {
    const number = this.#first + this.queue.sentCount;
    const [head] = this.queue.take(1) as [EncodedMessage];
    if (head.payload.byteLength > this.#frameBytes) {
      for (const pieces of encodeParts(number, head, this.#frameBytes)) connection.sendPieces(pieces);
      return head.payload.byteLength;
    }
    const batch = [head];
    let bytes = head.payload.byteLength;
    while (this.#canSend && bytes + (this.queue.nextBytes ?? 0) <= this.#frameBytes) {
      const [message] = this.queue.take(1) as [EncodedMessage];
      batch.push(message);
      bytes += message.payload.byteLength;
    }
    connection.send(encodeData(number, batch));
    return bytes;
  }

  #onAck({ next, window }: Ack): void {
    this.#window = window;
    if (next > this.#first && this.queue.sentCount > 0) {
      const inFlight = this.queue.sentBytes;
      const bytes = this.#acknowledge(next);
      if (!this.#isEdge) this.#onArrived(bytes, inFlight, this.#take(next).delayMs);
      this.onAcknowledged();
    }
    this.wake();
  }

  /**
   * An edge has received messages: more may be in flight, but the queue keeps the received ones until the edge stores
   * them.
   */
  #onReceived(next: number): void {
    const { sentBytes } = this.queue;
    const inFlight = sentBytes - this.#receivedBytes;
    const { bytes, delayMs } = this.#take(next);
    this.#receivedBytes = Math.min(sentBytes, this.#receivedBytes + bytes);
    this.#onArrived(bytes, inFlight, delayMs);
    this.wake();
  }

  #onArrived(bytes: number, inFlight: number, delayMs: number): void {
    this.#flight.onAcknowledged(bytes, inFlight, delayMs);
    this.#frameBytes = Math.min(MAX_FRAME_BYTES, this.#frameBytes * 2);
  }

  /**
   * Removes messages that the relay holds. Their number may exceed those sent on its connections, because a page posts
   * messages when it seems to be unloaded.
   */
  #acknowledge(next: number): number {
    const before = this.queue.bytes;
    const count = Math.min(next - this.#first, this.queue.sentCount);
    this.queue.acknowledge(count);
    this.#first += count;
    const bytes = before - this.queue.bytes;
    this.#receivedBytes = Math.max(0, this.#receivedBytes - bytes);
    return bytes;
  }

  /** Removes the batches before `next`. Returns their bytes, and the time since the last of them was sent. */
  #take(next: number): { readonly bytes: number; readonly delayMs: number } {
    let [sentAt, bytes] = [performance.now(), 0];
    for (let batch = this.#batches.first; batch !== undefined && batch.end <= next; batch = this.#batches.first) {
      ({ sentAt } = batch);
      bytes += batch.bytes;
      this.#batches.shift();
    }
    return { bytes, delayMs: performance.now() - sentAt };
  }
}
