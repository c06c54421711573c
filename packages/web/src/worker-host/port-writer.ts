import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import {
  ReconnectingWriter,
  deserializeError,
  type DeliveryQueue,
  type QueueWriter,
  type WriterEvents,
} from "@rerun-ts/core/transport";
import type { FromPort, ToPort } from "./port-protocol.ts";
import type { OpenedPort, PortPeer } from "./port-peer.ts";
import type { SharedRing } from "./shared-ring.ts";

/** Number of bytes that may be posted without an acknowledgement. */
export const WINDOW_BYTES: number = 32 * 1024 * 1024;
/**
 * Number of bytes to post before the writer yields to the event loop. If a program logs this much without yielding, the
 * data is posted immediately.
 */
const BATCH_BYTES = 4 * 1024 * 1024;
/** Interval of pings to the other thread while messages are unacknowledged. */
const PING_MS = 1000;
/** The number of unanswered pings after which the thread counts as lost. */
const MAX_SILENT_PINGS = 3;

/**
 * Passes messages from a queue to another thread, which acknowledges them once they have reached their destination.
 * Posting copies the messages, and the queue keeps them until the acknowledgement. If the thread is lost, the retained
 * state is sent again, followed by these messages.
 */
export class PortWriter extends ReconnectingWriter {
  readonly #peer: PortPeer;
  #port: MessagePort | undefined;
  #memory: SharedRing | undefined;
  /** Number of messages that were posted to the port, and the number of acknowledged ones. */
  #posted = 0;
  #acknowledged = 0;
  #discard: () => void = () => {};
  /** Fires when the port is closed. */
  #closing = new AbortController();
  #fallback: QueueWriter | undefined;
  /** Reason why the thread cannot be used any more. */
  #loss: string | undefined;
  /** The fault of the program that has ended the other side. */
  #failure: RerunError | undefined;
  #silentPings = 0;
  #pingedAt = 0;

  constructor(queue: DeliveryQueue, peer: PortPeer, events: WriterEvents) {
    super(queue, events);
    this.#peer = peer;
  }

  override async run(): Promise<void> {
    await super.run();
    await this.#fallback?.run();
  }

  override wake(): void {
    super.wake();
    this.#fallback?.wake();
    // A program may log in a loop without yielding, so messages are posted immediately, as far as there is room.
    if (this.#port === undefined || this.queue.bytes - this.queue.sentBytes < BATCH_BYTES) return;
    if (this.#memory !== undefined) this.#onAcknowledged(this.#memory.acknowledged);
    while (this.#postBatch());
  }

  override async until(isDone: () => boolean, ack?: boolean): Promise<void> {
    await super.until(() => this.#fallback !== undefined || isDone(), ack);
    await this.#fallback?.until(isDone, ack);
  }

  override finish(): void {
    super.finish();
    this.#fallback?.finish();
  }

  override abort(): void {
    super.abort();
    this.#fallback?.abort();
  }

  override retry(): void {
    super.retry();
    this.#fallback?.retry();
  }

  protected override get isConnected(): boolean {
    return this.#port !== undefined;
  }

  /** The fallback takes over from the loop of this writer. */
  protected override get isOver(): boolean {
    return this.#fallback !== undefined || super.isOver;
  }

  /** The other thread reports the states of the connection. */
  protected override get reportsStates(): boolean {
    return false;
  }

  protected override isFinal(error: RerunError): boolean {
    return error === this.#failure;
  }

  protected async connect(): Promise<void> {
    this.#loss = undefined;
    const opened = await this.#open();
    if (opened === undefined) return;
    const { port, memory, discard } = opened;
    if (this.stop.signal.aborted) return port.close();
    this.#discard = discard;
    port.addEventListener("message", ({ data }: MessageEvent<FromPort>) => this.#onMessage(data));
    this.#port = port;
    this.#memory = memory;
    this.#posted = this.#acknowledged = 0;
    this.#silentPings = 0;
    if (this.hasConnected) this.queue.restart();
  }

  async #open(): Promise<OpenedPort | undefined> {
    this.#closing = new AbortController();
    const onLost = (reason: string): void => {
      this.#loss = reason;
      super.wake();
    };
    try {
      return await this.#peer.open(onLost, this.#closing.signal);
    } catch (error) {
      if (this.#peer.createFallback === undefined) throw error;
      if (this.hasConnected) this.queue.restart();
      this.#fallback = this.#peer.createFallback(this.events, RerunError.from(error));
      if (this.isClosing) this.#fallback.finish();
      // Wakes the callers that wait for this writer, which then wait for the fallback.
      this.notify();
      return undefined;
    }
  }

  protected async sendAll(): Promise<void> {
    while (!this.isOver) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#loss !== undefined) throw new RerunError("CONNECTION", this.#loss);
      const next = this.queue.nextBytes ?? 0;
      if (this.#postBatch()) {
        // Copying large messages takes a while, so yield to the event loop.
        if (next >= BATCH_BYTES / 4) await this.pause(0);
      } else {
        await this.wait(this.queue.isEmpty ? undefined : PING_MS);
        this.#checkLife();
      }
    }
  }

  /** Posts the next messages. Returns `false` without messages, or without room for them. */
  #postBatch(): boolean {
    if (this.#loss !== undefined || this.#failure !== undefined) return false;
    // What is posted cannot be dropped any more, so a part of a small queue stays for newer data.
    const room = Math.min(WINDOW_BYTES, this.queue.maxBytes / 2) - this.queue.sentBytes;
    const next = this.queue.nextBytes;
    if (next === undefined || (this.queue.sentCount > 0 && next > room)) return false;
    const messages = this.queue.take(Math.min(room, BATCH_BYTES));
    this.#post(this.#peer.pack(messages, this.#posted, this.#memory));
    this.#posted += messages.length;
    return true;
  }

  /** The end of a worker is not an event. */
  #checkLife(): void {
    const now = performance.now();
    if (this.queue.sentCount === 0 || now - this.#pingedAt < PING_MS) return;
    if (this.#silentPings >= MAX_SILENT_PINGS) return this.#discard();
    this.#pingedAt = now;
    this.#silentPings++;
    this.#post({ type: "ping" });
  }

  #onMessage(message: FromPort): void {
    this.#silentPings = 0;
    switch (message.type) {
      case "acknowledged":
        return this.#onAcknowledged(message.total);
      case "state":
        return this.events.onState(message.state, message.error && deserializeError(message.error));
      case "warning":
        return this.events.onWarning?.(message.message, message.code);
      case "rejected":
        return this.#onRejected();
      case "reconnect":
        return void this.queue.reconnects++;
      case "failure":
        this.#failure = deserializeError(message.error);
        return super.wake();
      case "credentials":
        return void this.#reply(message.id);
      case "pong":
      case "ready":
    }
  }

  /** The shared memory may have reported more already. */
  #onAcknowledged(total: number): void {
    const count = (total - this.#acknowledged) | 0;
    if (count <= 0) return;
    this.#acknowledged += count;
    this.#memory?.release(this.#acknowledged);
    this.queue.acknowledge(count);
    this.onAcknowledged();
    super.wake();
  }

  /** The server rejects the oldest message again and again: it is dropped. */
  #onRejected(): void {
    const message = this.queue.dropSent();
    if (message === undefined) return;
    this.#acknowledged++;
    this.#memory?.release(this.#acknowledged);
    this.events.onReject?.(message);
    super.wake();
    this.notify();
  }

  async #reply(id: number): Promise<void> {
    try {
      this.#post({ type: "credentials", id, value: await this.#peer.credentials?.() });
    } catch (error) {
      this.#post({ type: "refused", id, error: messageOf(error) });
    }
  }

  #post(message: ToPort): void {
    this.#port?.postMessage(message);
  }

  protected disconnect(): void {
    this.#post({ type: this.stop.signal.aborted ? "abort" : "finish" });
    this.#port?.close();
    this.#port = undefined;
    this.#memory = undefined;
    this.#closing.abort();
  }
}
