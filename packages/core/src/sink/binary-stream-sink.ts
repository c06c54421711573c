import { describeUnknown, notNegative } from "../options.ts";
import { randomId } from "../random-id.ts";
import { encodeRrd } from "../rrd/encode/rrd-writer.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { MessageQueue } from "./message-queue.ts";
import type { Sink, SinkContext, SinkStats } from "./sink.ts";
import { SinkStatus } from "./sink-status.ts";

/** A stream that a program reads its own recording from. */
export interface BinaryStream {
  /** Everything since the last read, as a complete `.rrd`; `undefined` if there is nothing. */
  read(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Pieces, each a complete `.rrd`; it ends when another sink takes over or the recording is closed. */
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** Options of {@link BinaryStreamSink}. */
export interface BinaryStreamSinkOptions {
  /** Above this many unread bytes the oldest data with time goes. Default 1 GiB. */
  maxQueueBytes?: number | undefined;
}

/** Lets a program read its own recording, piece by piece; each piece is a complete `.rrd`. */
export class BinaryStreamSink implements Sink, BinaryStream {
  readonly kind = "binaryStream";
  readonly key: string = `binaryStream:${randomId()}`;
  readonly #status: SinkStatus;
  readonly #queue: MessageQueue;
  #wake: (() => void) | undefined;

  /** @throws {TypeError} if an option is wrong. */
  constructor(options?: BinaryStreamSinkOptions) {
    const notice = describeUnknown("BinaryStreamSink", options, { maxQueueBytes: 1 });
    this.#status = new SinkStatus("binaryStream", notice);
    this.#queue = new MessageQueue(notNegative("maxQueueBytes", options?.maxQueueBytes ?? 2 ** 30));
  }

  /** Everything since the last read, also rows logged just now; `undefined` if there is nothing. Works after the sink was closed. */
  read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#status.flushRows();
    return Promise.resolve(this.#take());
  }

  /** A stream of pieces; it ends when the sink is closed and all was read. Reads compete with {@link read}. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: async (controller) => {
          while (this.#queue.length === 0 && this.#status.state !== "closed") {
            await new Promise<void>((resolve) => (this.#wake = resolve));
          }
          const piece = this.#take();
          if (piece === undefined) controller.close();
          else controller.enqueue(piece);
        },
      },
      { highWaterMark: 0 },
    );
  }

  open(context: SinkContext): void {
    this.#status.attach(context);
    this.#status.change("open");
  }

  send(message: EncodedMessage): void {
    if (this.#status.state !== "open") return this.#status.drop(message, "closed");
    this.#status.dropAll(this.#queue.push(message), "queue-full");
    this.#status.queuedBytes = this.#queue.bytes;
    this.#wake?.();
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#end();
  }

  closeSync(): void {
    this.#end();
  }

  stats(): SinkStats {
    return this.#status.stats();
  }

  #end(): void {
    this.#status.change("closed");
    this.#wake?.();
  }

  #take(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#queue.length === 0) return undefined;
    this.#status.sentBytes += this.#queue.bytes;
    this.#status.queuedBytes = 0;
    return encodeRrd(this.#queue.takeAll());
  }
}
