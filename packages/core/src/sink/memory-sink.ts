import { describeUnknown, notNegative } from "../options.ts";
import { encodeRrd } from "../rrd/encode/rrd-writer.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { MessageQueue } from "./message-queue.ts";
import type { Sink, SinkContext, SinkStats } from "./sink.ts";
import { SinkStatus } from "./sink-status.ts";
import { randomId } from "../random-id.ts";

/** Memory that a program reads its own recording from. */
export interface MemoryRecording {
  /** How many messages it holds; the recording's information and its properties count too. */
  readonly numMessages: number;
  /** A complete `.rrd` of everything since the last call. */
  drainAsBytes(): Uint8Array<ArrayBuffer>;
}

/** Options of {@link MemorySink}. */
export interface MemorySinkOptions {
  /** Above this many bytes the oldest data with time goes. Default 1 GiB. */
  maxBytes?: number | undefined;
}

/** Keeps everything in memory, until it is drained or another sink takes it over. */
export class MemorySink implements Sink, MemoryRecording {
  readonly kind = "memory";
  readonly key: string = `memory:${randomId()}`;
  readonly #status: SinkStatus;
  readonly #queue: MessageQueue;

  /** @throws {TypeError} if an option is wrong. */
  constructor(options?: MemorySinkOptions) {
    this.#status = new SinkStatus("memory", describeUnknown("MemorySink", options, { maxBytes: 1 }));
    this.#queue = new MessageQueue(notNegative("maxBytes", options?.maxBytes ?? 2 ** 30));
  }

  /** How many messages it holds; the recording's information and its properties count too. */
  get numMessages(): number {
    this.#status.flushRows();
    return this.#queue.length;
  }

  /** A complete `.rrd` of everything it holds, which stays. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return encodeRrd(this.readMessages());
  }

  /** @internal The messages so far, oldest first, for whoever copies them. */
  readMessages(): readonly EncodedMessage[] {
    this.#status.flushRows();
    return this.#queue.messages;
  }

  /** A complete `.rrd` of everything since the last call, which is then given up. */
  drainAsBytes(): Uint8Array<ArrayBuffer> {
    this.#status.flushRows();
    return encodeRrd(this.takeBacklog());
  }

  open(context: SinkContext): void {
    this.#status.attach(context);
    this.#status.change("open");
  }

  send(message: EncodedMessage): void {
    if (this.#status.state !== "open") return this.#status.drop(message, "closed");
    this.#status.dropAll(this.#queue.push(message), "queue-full");
    this.#status.sentBytes += message.payload.byteLength;
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#status.change("closed");
  }

  closeSync(): void {
    this.#status.change("closed");
  }

  takeBacklog(): EncodedMessage[] {
    return this.#queue.takeAll();
  }

  stats(): SinkStats {
    return this.#status.stats();
  }
}
