import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { Fifo } from "../collections/fifo.ts";
import { MessageQueue, type DropPolicy } from "./message-queue.ts";

/** A {@link MessageQueue} from which messages are also taken one by one, oldest first, in constant time. */
export class MessageFifo extends MessageQueue {
  /** The messages, which only the queue changes. */
  readonly list: Fifo<EncodedMessage>;

  constructor(maxBytes: number, policy?: DropPolicy) {
    const list = new Fifo<EncodedMessage>();
    super(maxBytes, policy, list);
    this.list = list;
  }

  /** Removes and returns the oldest message. */
  shift(): EncodedMessage | undefined {
    const message = this.list.shift();
    if (message !== undefined) this.bytes -= message.payload.byteLength;
    return message;
  }
}
