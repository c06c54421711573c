/** Data is flushed to the disk after this time, or this many bytes. */
const FLUSH_MS = 100;
const FLUSH_BYTES = 8 * 1024 * 1024;

/** Calls a function some time after data was written, or after many bytes. */
export class FlushTimer {
  readonly #flush: () => void;
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(flush: () => void) {
    this.#flush = flush;
  }

  /** Bytes were written, and not flushed. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= FLUSH_BYTES) this.#flush();
    else this.#timer ??= setTimeout(this.#flush, FLUSH_MS);
  }

  /** Everything is flushed. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#bytes = 0;
  }
}
