import { throughProxies } from "../checks/through-proxies.ts";
import { invalidArgument } from "../checks/invalid-value-error.ts";
import { RerunError, messageOf } from "../errors/rerun-error.ts";
import { checkOptions } from "../checks/check-arguments.ts";
import { nonNegative, type OptionNames } from "../checks/option-names.ts";
import { randomId } from "../bytes/random-id.ts";
import { RrdWriter, type RrdWriterOptions } from "../rrd/encode/rrd-writer.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { MessageFifo } from "./message-fifo.ts";
import type { OverflowPolicy } from "./message-queue.ts";
import type { RecordingSink, RecordingSinkContext, SinkStats } from "./sink.ts";
import { SinkStatus } from "./sink-status.ts";
import { toByteWriter, type AnyWritable, type ByteWriter } from "./byte-writer.ts";

/** Options of {@link StreamSink}. */
export interface StreamSinkOptions extends RrdWriterOptions {
  /** The largest number of pending bytes for a slow stream. Default 100 MiB. */
  maxQueueBytes?: number | undefined;
  /** The policy for temporal data in a full queue. Drops are counted and reported. Default `"drop-oldest"`. */
  onFull?: Extract<OverflowPolicy, "drop-oldest" | "drop-newest"> | undefined;
  /** Whether the stream is left open when the sink is closed. Default `false`. */
  preventClose?: boolean | undefined;
}

const OPTIONS: OptionNames<StreamSinkOptions> = {
  maxQueueBytes: 1,
  onFull: 1,
  preventClose: "boolean",
  footer: "boolean",
  maxFooterBytes: 1,
};

/**
 * A sink for a `.rrd` in a stream of bytes: a `Writable` of Node or a WHATWG `WritableStream`.
 *
 * It respects backpressure: while the stream is not ready, messages are queued, up to `maxQueueBytes`. `flush`
 * resolves when the stream has accepted everything. If the stream fails, the sink becomes `broken`. The remaining data
 * is dropped and counted, and `flush` and `close` reject with the code `IO_ERROR`. `close` writes the footer and ends
 * the stream, unless `preventClose` is set. This needs the event loop: when a process exits immediately, the end of
 * the stream may be lost.
 *
 * @example
 * await rec.setSink(new rr.StreamSink(createWriteStream("helix.rrd"), { maxQueueBytes: 2 ** 20 }));
 */
export class StreamSink implements RecordingSink {
  readonly kind = "stream";
  readonly key: string = `stream:${randomId()}`;
  readonly needsEventLoop = true;
  readonly #status: SinkStatus;
  readonly #writable: AnyWritable;
  readonly #preventClose: boolean;
  readonly #rrd: RrdWriter;
  readonly #maxQueueBytes: number;
  readonly #queue: MessageFifo;
  /** Rows that the stream has been given and not accepted, and the size of their payloads. */
  #unacceptedRows = 0;
  #unacceptedBytes = 0;
  #writer: ByteWriter | undefined;
  /** The write loop, while messages are queued. */
  #pump: Promise<void> | undefined;
  #isEnding = false;
  #isFinished = false;

  /** @throws {TypeError} if `writable` is not a stream, or an option is invalid */
  constructor(writable: AnyWritable, options?: StreamSinkOptions) {
    throughProxies(this);
    const canWrite =
      typeof writable === "object" && writable !== null && ("getWriter" in writable || "write" in writable);
    if (!canWrite) throw invalidArgument("writable", "a Writable or a WritableStream", writable);
    checkOptions("StreamSink", options, OPTIONS);
    const onFull = options?.onFull;
    if (onFull !== undefined && onFull !== "drop-oldest" && onFull !== "drop-newest")
      throw invalidArgument("onFull", '"drop-oldest" or "drop-newest"', onFull);
    this.#status = new SinkStatus("stream");
    this.#writable = writable;
    this.#preventClose = options?.preventClose ?? false;
    this.#rrd = new RrdWriter(options);
    this.#maxQueueBytes = nonNegative("maxQueueBytes", options?.maxQueueBytes ?? 100 * 1024 * 1024);
    this.#queue = new MessageFifo(this.#maxQueueBytes, onFull);
  }

  open(context: RecordingSinkContext): void {
    this.#status.attach(context);
    try {
      this.#writer = toByteWriter(this.#writable, (error) => this.#fail(error));
    } catch (error) {
      throw RerunError.from(error, "IO_ERROR");
    }
    this.#writer.write(this.#rrd.header());
    if (this.#status.state === "connecting") this.#status.change("open");
  }

  send(message: EncodedMessage): void {
    if (this.#status.state !== "open" || this.#isEnding) return this.#status.drop(message, "closed");
    this.#status.dropAll(this.#queue.push(message), "queue-full");
    this.#writeReady();
    this.#status.queuedBytes = this.#queue.bytes;
    if (this.#queue.length > 0) this.#pump ??= this.#writeAll();
  }

  async flush(): Promise<void> {
    await this.#pump;
    await this.#writer?.flushed();
    if (this.#status.lastError !== undefined) throw this.#status.lastError;
  }

  async close(): Promise<void> {
    if (this.#status.state === "broken") throw this.#status.lastError;
    if (this.#status.state !== "open" || this.#isEnding) return;
    this.#isEnding = true;
    await this.#pump;
    this.#writer?.write(this.#finish());
    await this.#writer?.flushed();
    if (!this.#preventClose) await this.#writer?.end();
    if (this.#status.lastError !== undefined) throw this.#status.lastError;
    this.#status.change("closed");
    if (this.#preventClose) this.#writer?.release();
  }

  /** Writes all pending data to the stream, without waiting for its acceptance. */
  closeSync(): void {
    if (this.#status.state !== "open") return;
    const writer = this.#writer;
    for (const message of this.#queue.takeAll()) this.#write(message);
    writer?.write(this.#finish());
    this.#status.queuedBytes = 0;
    this.#status.change("closed");
    if (this.#preventClose) writer?.release();
    else void writer?.end();
  }

  stats(): SinkStats {
    return { ...this.#status.stats(), maxQueueBytes: this.#maxQueueBytes };
  }

  /** The last bytes of the stream. Empty if they were written already. */
  #finish(): Uint8Array<ArrayBuffer> {
    if (this.#isFinished) return new Uint8Array(0);
    this.#isFinished = true;
    return this.#rrd.finish((reason) => this.#status.warn(`the stream ends without a footer: ${reason}`));
  }

  /** Writes queued messages while the stream is ready. */
  #writeReady(): void {
    while (this.#writer?.isReady === true && this.#queue.length > 0) this.#write(this.#queue.shift() as EncodedMessage);
  }

  /** Writes queued messages until none is left, or the sink is no longer open. */
  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0 && this.#status.state === "open") {
      await this.#writer?.ready();
      this.#writeReady();
      this.#status.queuedBytes = this.#queue.bytes;
    }
    this.#pump = undefined;
  }

  #write(message: EncodedMessage): void {
    const { byteLength } = message.payload;
    const rows = message.manifest?.rows ?? 0;
    this.#unacceptedRows += rows;
    this.#unacceptedBytes += byteLength;
    this.#writer?.write(this.#rrd.frame(message));
    this.#writer?.write(message.payload, () => {
      this.#unacceptedRows -= rows;
      this.#unacceptedBytes -= byteLength;
    });
    this.#status.sentBytes += byteLength;
  }

  #fail(error: unknown): void {
    if (this.#status.state === "closed") return;
    const reason = messageOf(error);
    this.#status.queuedBytes = 0;
    this.#status.change(
      "broken",
      new RerunError("IO_ERROR", `cannot write to the stream: ${reason}`, { cause: error }),
    );
    if (this.#unacceptedRows > 0)
      this.#status.countDrop({ rows: this.#unacceptedRows, bytes: this.#unacceptedBytes, reason: "closed" });
    this.#status.dropAll(this.#queue.takeAll(), "closed");
  }
}
