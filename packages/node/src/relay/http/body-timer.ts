const CHECK_MS = 1000;

/**
 * Limits how long a body may take, or may be without progress if `reset` is called for each piece. The timer counts
 * checks instead of time, because after a stall of the event loop timers run before the pieces that have arrived
 * meanwhile.
 */
export class BodyTimer {
  readonly #timer: ReturnType<typeof setInterval>;
  #checks = 0;

  /**
   * @param onLate is called once when the time is over
   * @param isPaused returns whether the relay has stopped reading the body
   */
  constructor(seconds: number, onLate: () => void, isPaused: () => boolean = () => false) {
    this.#timer = setInterval(() => {
      if (isPaused() || ++this.#checks < (seconds * 1000) / CHECK_MS) return;
      this.stop();
      onLate();
    }, CHECK_MS).unref();
  }

  /** Restarts the time. */
  reset(): void {
    this.#checks = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
