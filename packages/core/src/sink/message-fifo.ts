import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { Fifo } from "./fifo.ts";
import { MessageQueue, type OverflowPolicy } from "./message-queue.ts";

/** A {@link MessageQueue} from which messages are also taken one by one, oldest first, in constant time. */
export class MessageFifo extends MessageQueue {
  readonly #messages: Fifo<EncodedMessage>;

  constructor(maxBytes: number, policy?: OverflowPolicy) {
    const messages = new Fifo<EncodedMessage>();
    super(maxBytes, policy, messages);
    this.#messages = messages;
  }

  /** The oldest message. */
  get first(): EncodedMessage | undefined {
    return this.#messages.first;
  }

  /** The newest message. */
  get last(): EncodedMessage | undefined {
    return this.#messages.last;
  }

  /** Whether a message is in the queue. */
  has(message: EncodedMessage): boolean {
    return this.#messages.indexOf(message) >= 0;
  }

  /** Removes and returns the oldest message. */
  shift(): EncodedMessage | undefined {
    const message = this.#messages.shift();
    if (message !== undefined) this.bytes -= message.payload.byteLength;
    return message;
  }
}
