/** The shortest time between two nested timers of a page, in milliseconds. */
const TICK_MS = 4;

/**
 * Measures how long a thread cannot answer, also below the 50 ms of the browser's long tasks: the longest time between
 * two timers, which take hardly any time themselves.
 */
export class LongestGap {
  #timer: ReturnType<typeof setInterval> | undefined;
  #last = 0;
  #longest = 0;

  start(): void {
    this.#last = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Ends the measurement. Returns the longest gap beyond the time between two timers, in milliseconds. */
  stop(): number {
    clearInterval(this.#timer);
    this.#tick();
    return this.#longest;
  }

  #tick(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last - TICK_MS);
    this.#last = now;
  }
}
