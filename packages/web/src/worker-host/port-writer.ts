import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import {
  Backoff,
  QueueWriter,
  deserializeError,
  messageOf,
  type DeliveryQueue,
  type WriterEvents,
} from "@rerun-ts/core/internal";
import type { Credentials, FromPort, ToPort } from "./host-protocol.ts";

/** How much the other thread is given before it has acknowledged something. */
const WINDOW_BYTES = 16 * 1024 * 1024;
/** How much is posted before the writer yields to the event loop. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** While messages are not acknowledged, the other thread is asked this often whether it lives. */
const PING_MS = 1000;
/** The number of unanswered questions after which it counts as lost. */
const MAX_SILENT_PINGS = 3;

/** A port to the other thread. */
export interface OpenedPort {
  readonly port: MessagePort;
  /** The thread does not respond: it is not used any more. */
  discard(this: void): void;
}

/** The other thread. */
export interface PortPeer {
  /** Opens a port to the thread. Rejects if it does not start. `onLost` is called if it ends, until the signal fires. */
  open(onLost: (reason: string) => void, signal: AbortSignal): Promise<OpenedPort>;
  /** The form in which messages are posted. */
  pack(messages: readonly EncodedMessage[]): ToPort;
  /** The headers or the token, which the thread asks for. */
  credentials?(): Promise<Credentials>;
  /** Creates the writer that takes over if the thread does not start. */
  createFallback?(this: void, events: WriterEvents, error: RerunError): QueueWriter;
}

/**
 * Takes messages from a queue to another thread, which acknowledges what has arrived where it belongs. Messages are
 * copied when they are posted, and stay in the queue until then: if the thread is lost, they are sent again, and the
 * retained state before them.
 */
export class PortWriter extends QueueWriter {
  readonly #peer: PortPeer;
  readonly #events: WriterEvents;
  readonly #backoff = new Backoff();
  #port: MessagePort | undefined;
  #discard: () => void = () => {};
  /** Fires when the port is closed. */
  #closing = new AbortController();
  #fallback: QueueWriter | undefined;
  #hasConnected = false;
  /** Why the thread cannot be used any more. */
  #loss: string | undefined;
  /** Why the server rejects the data. */
  #failure: RerunError | undefined;
  #silentPings = 0;
  #pingedAt = 0;

  constructor(queue: DeliveryQueue, peer: PortPeer, events: WriterEvents) {
    super(queue);
    this.#peer = peer;
    this.#events = events;
  }

  async run(): Promise<void> {
    while (!this.isOver && this.#fallback === undefined) {
      try {
        await this.#connect();
        await this.#sendAll();
      } catch (error) {
        await this.#recover(RerunError.from(error, "CONNECTION"));
      }
    }
    await this.#fallback?.run();
    this.#closePort();
    this.notify();
  }

  override wake(): void {
    super.wake();
    this.#fallback?.wake();
  }

  override finish(): void {
    super.finish();
    this.#fallback?.finish();
  }

  override abort(): void {
    super.abort();
    this.#fallback?.abort();
    this.#closePort();
  }

  protected override get isConnected(): boolean {
    return this.#port !== undefined;
  }

  async #connect(): Promise<void> {
    this.#loss = undefined;
    const opened = await this.#open();
    if (opened === undefined) return;
    const { port, discard } = opened;
    if (this.stop.signal.aborted) return port.close();
    this.#discard = discard;
    port.addEventListener("message", ({ data }: MessageEvent<FromPort>) => this.#onMessage(data));
    this.#port = port;
    this.#silentPings = 0;
    if (this.#hasConnected) {
      this.queue.restart();
      this.#events.onReconnect();
    }
    this.#hasConnected = true;
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
      const { createFallback } = this.#peer;
      if (createFallback === undefined) throw error;
      const events: WriterEvents = {
        ...this.#events,
        onAcknowledged: (bytes) => {
          this.#events.onAcknowledged(bytes);
          this.notify();
        },
      };
      if (this.#hasConnected) this.queue.restart();
      this.#fallback = createFallback(events, RerunError.from(error));
      if (this.isClosing) this.#fallback.finish();
      return undefined;
    }
  }

  async #sendAll(): Promise<void> {
    while (!this.isOver && this.#fallback === undefined) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#loss !== undefined) throw new RerunError("CONNECTION", this.#loss);
      const room = WINDOW_BYTES - this.queue.sentBytes;
      const next = this.queue.nextBytes;
      if (next !== undefined && (this.queue.sentCount === 0 || next <= room)) {
        this.#post(this.#peer.pack(this.queue.take(Math.min(room, BATCH_BYTES)).map(compact)));
        // Large messages take a while to copy.
        if (next >= BATCH_BYTES / 4) await this.pause(0);
      } else {
        await this.wait(this.queue.isEmpty ? undefined : PING_MS);
        this.#checkLife();
      }
    }
  }

  /** The end of a worker is no event. */
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
        return this.#onAcknowledged(message.count);
      case "state":
        return this.#events.onState(message.state, message.error && deserializeError(message.error));
      case "reconnect":
        return this.#events.onReconnect();
      case "failure":
        this.#failure = deserializeError(message.error);
        return super.wake();
      case "credentials":
        return void this.#reply(message.id);
      case "pong":
      case "ready":
    }
  }

  #onAcknowledged(count: number): void {
    const before = this.queue.bytes;
    this.queue.acknowledge(count);
    this.#backoff.reset();
    this.#events.onAcknowledged(before - this.queue.bytes);
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

  async #recover(error: RerunError): Promise<void> {
    if (this.stop.signal.aborted) return;
    this.#closePort();
    if (this.#failure !== undefined) {
      this.abort();
      throw this.#failure;
    }
    this.#events.onState("connecting", error);
    await this.pause(this.#backoff.next());
  }

  #closePort(): void {
    this.#post({ type: this.stop.signal.aborted ? "abort" : "finish" });
    this.#port?.close();
    this.#port = undefined;
    this.#closing.abort();
  }
}

/** A message alone in its memory, since posting copies the whole memory. */
function compact(message: EncodedMessage): EncodedMessage {
  const { payload } = message;
  return payload.byteLength === payload.buffer.byteLength ? message : { ...message, payload: payload.slice() };
}
