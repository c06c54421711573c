import {
  RerunError,
  type BatcherConfig,
  type EncodedMessage,
  type MessageMemory,
  type Sink,
  type SinkContext,
  type SinkFlushOptions,
  type SinkStats,
} from "@rerun-ts/core";
import { MessageQueue, SinkStatus } from "@rerun-ts/core/internal";
import type { GrpcServerSink } from "./grpc-server-sink.ts";

/** How much is kept until it listens. */
const MAX_WAITING_BYTES = 2 ** 30;

/** A server that is being started: keeps everything until it listens. If it cannot, everything stays for the next sink. */
export class ServingSink implements Sink {
  readonly kind = "grpc-server";
  readonly key: string;
  readonly batching: Partial<BatcherConfig>;
  readonly needsEventLoop = true;
  readonly server: GrpcServerSink;
  /** Settles when it listens; rejects if it cannot. */
  listening: Promise<void> = Promise.resolve();
  readonly #status = new SinkStatus("grpc-server");
  #waiting: MessageQueue | undefined = new MessageQueue(MAX_WAITING_BYTES);

  constructor(server: GrpcServerSink) {
    this.server = server;
    this.key = server.key;
    this.batching = server.batching;
  }

  get isSynchronous(): boolean {
    return this.#waiting === undefined;
  }

  open(context: SinkContext): void {
    this.#status.attach(context);
    this.listening = this.#listen(context);
    this.listening.catch(() => {});
  }

  send(message: EncodedMessage, memory?: MessageMemory): void {
    if (this.#waiting !== undefined && this.server.isListening) this.#begin();
    if (this.#waiting === undefined) this.server.send(message, memory);
    else this.#status.dropAll(this.#waiting.push(message), "queue-full");
  }

  async flush(): Promise<void> {
    await this.listening;
    await this.server.flush();
  }

  async close(options: SinkFlushOptions): Promise<void> {
    await this.listening.catch(() => {});
    this.#giveUp();
    await this.server.close(options);
  }

  closeSync(deadlineMs: number): void {
    if (this.server.isListening) this.#begin();
    this.#giveUp();
    this.server.closeSync(deadlineMs);
  }

  /** While it starts nothing is given back: it will be served. */
  takeBacklog(): EncodedMessage[] {
    return this.stats().state === "broken" ? (this.#waiting?.takeAll() ?? []) : [];
  }

  stats(): SinkStats {
    const stats = this.server.stats();
    const own = this.#status.stats();
    return {
      ...stats,
      queuedBytes: stats.queuedBytes + (this.#waiting?.bytes ?? 0),
      droppedRows: stats.droppedRows + own.droppedRows,
      droppedBytes: stats.droppedBytes + own.droppedBytes,
    };
  }

  async #listen(context: SinkContext): Promise<void> {
    try {
      await this.server.open(context);
    } catch (error) {
      throw RerunError.from(error);
    }
    this.#begin();
  }

  #begin(): void {
    const waiting = this.#waiting?.takeAll() ?? [];
    this.#waiting = undefined;
    for (const message of waiting) this.server.send(message);
  }

  #giveUp(): void {
    this.#status.dropAll(this.#waiting?.takeAll() ?? [], "closed");
  }
}
