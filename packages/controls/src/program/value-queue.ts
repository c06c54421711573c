/** A value that waits for its turn. */
interface WaitingValue {
  /** Never rejects. */
  execute(): Promise<void>;
  onReplaced(): void;
}

/** The values of one control: one is executed at a time, and the last that came meanwhile is the next. */
export class ValueQueue {
  #next: WaitingValue | undefined;
  #isRunning = false;

  push(value: WaitingValue): void {
    this.#next?.onReplaced();
    this.#next = value;
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let value = this.#next; value !== undefined; value = this.#next) {
      this.#next = undefined;
      await value.execute();
    }
    this.#isRunning = false;
  }
}
