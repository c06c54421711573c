const FIRST_MS = 100;
const LONGEST_MS = 1000;

/** Delay before the next attempt: longer each time, with jitter. */
export class Backoff {
  readonly #longestMs: number;
  #limit = FIRST_MS;

  /** @param longestMs the limit of delays. Default: a second */
  constructor(longestMs: number = LONGEST_MS) {
    this.#longestMs = longestMs;
  }

  /** The limit of the next delay. */
  get limitMs(): number {
    return this.#limit;
  }

  /** Milliseconds until the next attempt: at random within a limit that doubles up to the longest delay. */
  next(): number {
    const wait = Math.random() * this.#limit;
    this.#limit = Math.min(this.#longestMs, this.#limit * 2);
    return wait;
  }

  /** An attempt has succeeded. */
  reset(): void {
    this.#limit = FIRST_MS;
  }
}
