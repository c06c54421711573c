import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { MessageQueue } from "./message-queue.ts";
import type { Sink, SinkContext, SinkStats } from "./sink.ts";
import { SinkStatus } from "./sink-status.ts";

/** The state of a recording before its first sink, and after `disconnect`: keeps messages for the sink to come. */
export class BufferingSink implements Sink {
  readonly kind = "buffering";
  readonly key = "buffering";
  readonly #status = new SinkStatus("buffering", undefined, "buffering");
  readonly #queue: MessageQueue;
  readonly #maxBytes: number;
  #hasWarned = false;
  /** Whether someone made a copy, so that nothing is lost when it ends. */
  #wasRead = false;

  /** @param maxBytes above this the oldest data with time goes */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#queue = new MessageQueue(maxBytes);
  }

  /** The messages so far, oldest first, for whoever copies them. */
  readMessages(): readonly EncodedMessage[] {
    this.#wasRead = true;
    return this.#queue.messages;
  }

  open(context: SinkContext): void {
    this.#status.attach(context);
  }

  send(message: EncodedMessage): void {
    if (this.#status.state !== "buffering") return this.#status.drop(message, "closed");
    const dropped = this.#queue.push(message);
    this.#status.queuedBytes = this.#queue.bytes;
    this.#status.dropAll(dropped, "backlog-full");
    if (!this.#hasWarned && this.#queue.bytes > this.#maxBytes / 10) {
      this.#hasWarned = true;
      this.#status.warn(
        `${Math.round(this.#queue.bytes / 2 ** 20)} MiB are waiting for a sink; call \`save\`, \`connectGrpc\`, \`setSinks\` or ` +
          `another that takes them. Above \`maxBacklogBytes\` (${Math.round(this.#maxBytes / 2 ** 20)} MiB) the oldest go`,
      );
    }
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#end();
  }

  closeSync(): void {
    this.#end();
  }

  takeBacklog(): EncodedMessage[] {
    this.#status.queuedBytes = 0;
    return this.#queue.takeAll();
  }

  stats(): SinkStats {
    return this.#status.stats();
  }

  #end(): void {
    const left = this.takeBacklog().filter((message) => message.kind === "chunk");
    if (!this.#wasRead) this.#status.dropAll(left, "closed");
    this.#status.change("closed");
  }
}
