import type { JetStreamManager, StreamInfo } from "@nats-io/jetstream";

/** A server has this time to deliver a message, before its readers are looked at. */
const DELIVERY_MS = 5000;
const NAME = "undelivered messages";

/**
 * Notices a server that counts messages and does not deliver them, because it has lost their files or cannot open
 * them: readers receive no notice of that.
 */
export class UndeliveredMessages {
  readonly #where: string;
  readonly #onProblem: (name: string, reason?: string) => void;
  readonly #readers = new Set<string>();
  /** The sequence that was read, and since when it is the newest one although the stream has newer messages. */
  #read = 0;
  #behindSince: number | undefined;
  /** The deliveries to each reader for which messages wait, as it asked last. */
  #waiting = new Map<string, number>();

  /** @param where the stream, for messages */
  constructor(where: string, onProblem: (name: string, reason?: string) => void) {
    this.#where = where;
    this.#onProblem = onProblem;
  }

  addReader(name: string): void {
    this.#readers.add(name);
  }

  removeReader(name: string): void {
    this.#readers.delete(name);
    this.#waiting.delete(name);
  }

  /** @param read the largest sequence that any reader has read */
  async check(manager: JetStreamManager, { config, state }: StreamInfo, read: number): Promise<void> {
    const now = performance.now();
    if (state.messages === 0 || state.last_seq <= read || read !== this.#read) {
      this.#read = read;
      this.#behindSince = undefined;
      if (state.messages === 0 || state.last_seq <= read) this.#solved();
      return;
    }
    this.#behindSince ??= now;
    if (now - this.#behindSince < DELIVERY_MS) return;
    // The next look comes after as long a time.
    this.#behindSince = now;
    const before = this.#waiting;
    this.#waiting = new Map();
    let undelivered = 0;
    for (const reader of this.#readers) {
      const { delivered, num_pending, num_waiting } = await manager.consumers.info(config.name, reader);
      if (num_pending === 0 || num_waiting === 0) continue;
      this.#waiting.set(reader, delivered.consumer_seq);
      if (before.get(reader) === delivered.consumer_seq) undelivered += num_pending;
    }
    if (undelivered === 0) this.#onProblem(NAME);
    else
      this.#onProblem(
        NAME,
        `${this.#where} counts ${undelivered} messages that the server does not deliver; ` +
          "look into the log of the server, and restart it: producers send again what is lost",
      );
  }

  #solved(): void {
    this.#waiting.clear();
    this.#onProblem(NAME);
  }
}
