import { checkOptions } from "../checks/check-arguments.ts";
import { nonNegative } from "../checks/option-names.ts";
import { encodeRrd } from "../rrd/encode/rrd-writer.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { MessageQueue } from "./message-queue.ts";
import { SimpleSink } from "./simple-sink.ts";

/** A program's own recording as a stream. */
export interface BinaryStream {
  /** Everything since the last read as a complete `.rrd`, or `undefined` if there is nothing. */
  read(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Pieces, each a complete `.rrd`. The stream ends with the recording, or at the next sink. */
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** Options of {@link BinaryStreamSink}. */
export interface BinaryStreamSinkOptions {
  /** Above this many unread bytes the oldest temporal data is dropped. Default 1 GiB. */
  maxQueueBytes?: number | undefined;
}

/** Lets a program read its own recording piece by piece. Each piece is a complete `.rrd`. */
export class BinaryStreamSink extends SimpleSink implements BinaryStream {
  readonly #queue: MessageQueue;
  #wake: (() => void) | undefined;

  /** @throws {TypeError} if an option is wrong. */
  constructor(options?: BinaryStreamSinkOptions) {
    super("binaryStream");
    checkOptions("BinaryStreamSink", options, { maxQueueBytes: 1 });
    this.#queue = new MessageQueue(nonNegative("maxQueueBytes", options?.maxQueueBytes ?? 2 ** 30));
  }

  /**
   * Everything since the last read, including pending rows, or `undefined` if there is nothing. Works after the sink
   * was closed.
   */
  read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.status.flushRows();
    return Promise.resolve(this.#take());
  }

  /**
   * A stream of pieces, which ends after the last data of a closed sink. Each piece goes either to this stream or to
   * {@link read}.
   */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: async (controller) => {
          while (this.#queue.length === 0 && this.status.state !== "closed") {
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

  /** Takes a message. */
  send(message: EncodedMessage): void {
    if (this.status.state !== "open") return this.status.drop(message, "closed");
    this.status.dropAll(this.#queue.push(message), "queue-full");
    this.status.queuedBytes = this.#queue.bytes;
    this.#wake?.();
  }

  /** Ends the stream. */
  override closeSync(): void {
    super.closeSync();
    this.#wake?.();
  }

  #take(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#queue.length === 0) return undefined;
    this.status.sentBytes += this.#queue.bytes;
    this.status.queuedBytes = 0;
    return encodeRrd(this.#queue.takeAll());
  }
}
