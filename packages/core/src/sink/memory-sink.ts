import { checkOptions } from "../checks/check-arguments.ts";
import { nonNegative } from "../checks/option-names.ts";
import { encodeRrd } from "../rrd/encode/rrd-writer.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { MessageQueue } from "./message-queue.ts";
import { SimpleSink } from "./simple-sink.ts";

/** A recording in memory, for the program itself to read. */
export interface MemoryRecording {
  /** The number of messages, including the recording's information and its properties. */
  readonly numMessages: number;
  /** Removes all messages since the last call, and returns them as a complete `.rrd`. */
  drainAsBytes(): Uint8Array<ArrayBuffer>;
}

/** The members of memory sinks for sibling packages, which the declarations of {@link MemorySink} omit. */
export interface RemovesMessages {
  /** Removes these messages, which were saved elsewhere. */
  remove(messages: Iterable<EncodedMessage>): void;
}

/** Options of {@link MemorySink}. */
export interface MemorySinkOptions {
  /** Above this many bytes the oldest temporal data is dropped. Default 1 GiB. */
  maxBytes?: number | undefined;
}

/** Keeps all messages in memory, until the sink is drained or another sink takes them over. */
export class MemorySink extends SimpleSink implements MemoryRecording {
  readonly #queue: MessageQueue;

  /** @throws {TypeError} if an option is wrong. */
  constructor(options?: MemorySinkOptions) {
    super("memory");
    checkOptions("MemorySink", options, { maxBytes: 1 });
    this.#queue = new MessageQueue(nonNegative("maxBytes", options?.maxBytes ?? 2 ** 30));
  }

  /** The number of messages, including the recording's information and its properties. */
  get numMessages(): number {
    return this.readMessages().length;
  }

  /** All contents as a complete `.rrd`. They stay. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return encodeRrd(this.readMessages());
  }

  /** The messages so far, oldest first. They stay, and must not be changed. */
  readMessages(): readonly EncodedMessage[] {
    this.status.flushRows();
    return this.#queue.messages;
  }

  /** Removes all messages since the last call, and returns them as a complete `.rrd`. */
  drainAsBytes(): Uint8Array<ArrayBuffer> {
    const bytes = this.toBytes();
    this.takeBacklog();
    return bytes;
  }

  /** Keeps a message. */
  send(message: EncodedMessage): void {
    if (this.status.state !== "open") return this.status.drop(message, "closed");
    this.status.dropAll(this.#queue.push(message), "queue-full");
    this.status.sentBytes += message.payload.byteLength;
  }

  /** Removes and returns all messages. */
  takeBacklog(): EncodedMessage[] {
    return this.#queue.takeAll();
  }

  /** @internal Removes these messages, which were saved elsewhere. */
  remove(messages: Iterable<EncodedMessage>): void {
    this.#queue.remove(messages);
  }
}
