/** Holds up loops while it is closed. */
export class Turnstile {
  #open: (() => void) | undefined;
  #opened: Promise<void> = Promise.resolve();

  /** Settles when it is open. */
  get opened(): Promise<void> {
    return this.#opened;
  }

  close(): void {
    this.#opened = new Promise((resolve) => (this.#open = resolve));
  }

  open(): void {
    this.#open?.();
  }
}
