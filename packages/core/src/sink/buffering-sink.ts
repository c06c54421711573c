import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { MessageQueue } from "./message-queue.ts";
import { SimpleSink } from "./simple-sink.ts";
import type { RecordingSinkContext } from "./sink.ts";

/** The sink of a recording before its first one, and after `disconnect`. It keeps messages for the next sink. */
export class BufferingSink extends SimpleSink {
  readonly isLossless = true;
  readonly #queue: MessageQueue;
  readonly #maxBytes: number;
  #hasWarned = false;
  /** Whether someone has a copy, so that nothing is lost when the sink is closed. */
  #wasRead = false;

  /** @param maxBytes above this the oldest temporal data is dropped */
  constructor(maxBytes: number) {
    super("buffering", "buffering");
    this.#maxBytes = maxBytes;
    this.#queue = new MessageQueue(maxBytes);
  }

  /** The messages so far, oldest first, for a copy of them. */
  readMessages(): readonly EncodedMessage[] {
    this.#wasRead = true;
    return this.#queue.messages;
  }

  override open(context: RecordingSinkContext): void {
    this.status.attach(context);
  }

  send(message: EncodedMessage): void {
    if (this.status.state !== "buffering") return this.status.drop(message, "closed");
    const dropped = this.#queue.push(message);
    this.status.queuedBytes = this.#queue.bytes;
    this.status.dropAll(dropped, "backlog-full");
    if (!this.#hasWarned && this.#queue.bytes > this.#maxBytes / 10) {
      this.#hasWarned = true;
      this.status.warn(
        `${toMiB(this.#queue.bytes)} are waiting for a sink: call \`save\`, \`connectGrpc\` or \`setSinks\`. Above ` +
          `\`maxBacklogBytes\` (${toMiB(this.#maxBytes)}) the oldest data is dropped`,
      );
    }
  }

  override closeSync(): void {
    const left = this.takeBacklog().filter((message) => message.kind === "chunk");
    if (!this.#wasRead) this.status.dropAll(left, "closed");
    super.closeSync();
  }

  /** Ends the sink, and returns its messages. They count as dropped, which the caller reports. */
  discard(): readonly EncodedMessage[] {
    const left = this.takeBacklog();
    this.status.dropAll(left, "closed", true);
    super.closeSync();
    return left;
  }

  takeBacklog(): EncodedMessage[] {
    this.status.queuedBytes = 0;
    return this.#queue.takeAll();
  }

  /** Removes these messages, which were saved elsewhere. */
  remove(messages: Iterable<EncodedMessage>): void {
    this.#queue.remove(messages);
    this.status.queuedBytes = this.#queue.bytes;
  }
}

function toMiB(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
