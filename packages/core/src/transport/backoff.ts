const FIRST_MS = 100;
const LONGEST_MS = 1000;

/** Delay before the next attempt: longer each time, with jitter. */
export class Backoff {
  #limit = FIRST_MS;

  /** Milliseconds until the next attempt: at random within a limit that doubles up to a second. */
  next(): number {
    const wait = Math.random() * this.#limit;
    this.#limit = Math.min(LONGEST_MS, this.#limit * 2);
    return wait;
  }

  /** An attempt has succeeded. */
  reset(): void {
    this.#limit = FIRST_MS;
  }
}
