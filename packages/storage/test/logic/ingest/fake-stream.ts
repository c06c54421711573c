import type { AskListener, LogStream } from "../../../dist/ingest/log-stream.js";

/** A stream in memory, with one partition. */
export class FakeStream implements LogStream {
  readonly url = "memory:";
  /** The announced runs and numbers. */
  readonly announced: (readonly [run: string, packs: readonly number[]])[] = [];
  /** The ids of rejected packs. */
  readonly rejected: Parameters<LogStream["reject"]>[0][] = [];
  /** The number of messages that readers have taken and handled. */
  handled = 0;
  /** The time of all messages, in milliseconds. */
  time: number | undefined;
  readonly #messages: Uint8Array<ArrayBuffer>[] = [];
  #listeners: AskListener[] = [];
  #isEnded = false;
  #wake: (() => void)[] = [];

  push(...messages: readonly Uint8Array<ArrayBuffer>[]): void {
    this.#messages.push(...messages);
    this.#wakeAll();
  }

  /** Ends all reading. */
  end(): void {
    this.#isEnded = true;
    this.#wakeAll();
  }

  ask(run: string): void {
    for (const listener of this.#listeners) listener(0, run);
  }

  async state(): ReturnType<LogStream["state"]> {
    return { created: "first", lastSequence: this.#messages.length };
  }

  async *read(_partition: number, from: number): ReturnType<LogStream["read"]> {
    for (let sequence = from; !this.#isEnded; sequence++) {
      while (sequence > this.#messages.length && !this.#isEnded)
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      const data = this.#messages[sequence - 1];
      if (data === undefined) return;
      yield { sequence, data, time: this.time };
      this.handled++;
    }
  }

  announce(run: string, packs: readonly number[]): void {
    this.announced.push([run, packs]);
  }

  reject(id: Parameters<LogStream["reject"]>[0]): void {
    this.rejected.push(id);
  }

  onAsk(listener: AskListener): void {
    this.#listeners.push(listener);
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
