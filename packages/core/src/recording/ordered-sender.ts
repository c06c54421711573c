import { pushAll } from "../collections/push-all.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";

/** Delay of messages that come from logging within logging. */
const NESTED_DELAY_MS = 10;

/** Sends one message. `isExclusive`: no other code reads its memory, now or later. */
export type SendMessage = (message: EncodedMessage, isExclusive: boolean) => void;

/**
 * Sends messages one after another. Messages that a sink or a listener logs during a call wait until the current
 * message is sent, so no sink receives a message in the middle of another one.
 */
export class OrderedSender {
  readonly #send: SendMessage;
  readonly #mergeDrops: (send: () => void) => void;
  /** The current message, and those after it. */
  #current: EncodedMessage | undefined;
  #following: Iterable<EncodedMessage> = [];
  /** Messages that were logged while others were being sent. */
  #nested: EncodedMessage[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSending = false;

  /** @param mergeDrops calls its argument, and reports the resulting drops together */
  constructor(send: SendMessage, mergeDrops: (send: () => void) => void) {
    this.#send = send;
    this.#mergeDrops = mergeDrops;
  }

  /** Whether messages are being sent: a sink or a listener has called. */
  get isSending(): boolean {
    return this.#isSending;
  }

  /** Sends messages, or queues them while others are being sent. `isExclusive`: no other code reads their memory. */
  send(messages: readonly EncodedMessage[], isExclusive: boolean): void {
    if (this.#isSending) return pushAll(this.#nested, messages);
    this.#isSending = true;
    try {
      this.#sendAll(messages.values(), isExclusive);
    } finally {
      this.#isSending = false;
    }
    this.sendNested();
  }

  /** Runs `send`, which sends messages to a sink itself. Messages that are logged meanwhile wait until it returns. */
  sendInOrder(send: () => void): void {
    if (this.#isSending) return send();
    this.#isSending = true;
    try {
      send();
    } finally {
      this.#isSending = false;
    }
    this.sendNested();
  }

  /**
   * Sends the messages that were logged while others were being sent. Messages logged during this call are sent later,
   * which prevents an endless loop.
   */
  sendNested(): void {
    if (this.#isSending || this.#nested.length === 0) return;
    const messages = this.#nested;
    this.#nested = [];
    this.#isSending = true;
    try {
      this.#mergeDrops(() => this.#sendAll(messages.values(), false));
    } finally {
      this.#isSending = false;
    }
    if (this.#nested.length === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.sendNested();
    }, NESTED_DELAY_MS);
    (this.#timer as { unref?: () => void }).unref?.();
  }

  /**
   * Continues sending after a sink or a listener has ended the process. `sendCurrent` sends the current message to the
   * sinks that have not received it.
   */
  resume(sendCurrent: (message: EncodedMessage) => void): void {
    if (this.#current !== undefined) {
      sendCurrent(this.#current);
      this.#sendAll(this.#following, false);
    }
    this.#isSending = false;
  }

  /** Keeps its position in fields, so that the rest can be sent when the process ends. */
  #sendAll(messages: Iterable<EncodedMessage>, isExclusive: boolean): void {
    this.#following = messages;
    for (const message of messages) {
      this.#current = message;
      this.#send(message, isExclusive);
    }
    this.#current = undefined;
  }
}
