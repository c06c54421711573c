/**
 * Measures how long a thread cannot answer, also below the 50 ms of the browser's long tasks: the longest time between
 * two messages that it posts to itself, one after the other.
 */
export class LongestGap {
  readonly #channel = new MessageChannel();
  #last = 0;
  #longest = 0;

  start(): void {
    this.#last = performance.now();
    this.#channel.port1.addEventListener("message", () => {
      const now = performance.now();
      this.#longest = Math.max(this.#longest, now - this.#last);
      this.#last = now;
      this.#channel.port2.postMessage(0);
    });
    this.#channel.port1.start();
    this.#channel.port2.postMessage(0);
  }

  /** Ends the measurement. Returns the longest gap, in milliseconds. */
  stop(): number {
    this.#channel.port1.close();
    return Math.max(this.#longest, performance.now() - this.#last);
  }
}
