/** Memory that several partitions share. */
export class MemoryBudget {
  /** Bytes in use. */
  bytes = 0;
  readonly #maxBytes: number;
  #isClosed = false;
  #waiting: (() => void)[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isExceeded(): boolean {
    return !this.#isClosed && this.bytes > this.#maxBytes;
  }

  add(bytes: number): void {
    this.bytes += bytes;
  }

  release(bytes: number): void {
    this.bytes -= bytes;
    this.#resume();
  }

  /** Settles when there is room. */
  async room(): Promise<void> {
    while (this.isExceeded) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Lets all callers continue, and makes later ones not wait. */
  close(): void {
    this.#isClosed = true;
    this.#resume();
  }

  #resume(): void {
    if (this.isExceeded) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
