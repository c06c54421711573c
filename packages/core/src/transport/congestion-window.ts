/** Faster acknowledgements than the first limit enlarge the window. Slower ones than the second limit shrink it. */
const FAST_MS = 1000;
const SLOW_MS = 3000;

/**
 * The number of bytes to have in flight: as many as the connection can deliver within a few seconds, so that little has
 * to be repeated after a loss, and acknowledgements prove that the connection is alive. The window doubles while
 * acknowledgements are fast, and shrinks when they are slow or data was lost.
 */
export class CongestionWindow {
  bytes: number;
  #min: number;
  #max: number;

  constructor(min: number, initial: number, max: number) {
    this.bytes = initial;
    this.#min = min;
    this.#max = max;
  }

  /**
   * Notes that some of the bytes in flight were acknowledged, with the delay since they were sent. If little data was
   * in flight, the delay says nothing about a larger window.
   */
  onAcknowledged(bytes: number, inFlight: number, delayMs: number): void {
    if (delayMs > SLOW_MS) this.#shrink(2);
    else if (delayMs < FAST_MS && inFlight * 2 > this.bytes) this.bytes = Math.min(this.#max, this.bytes + bytes);
  }

  /** The connection was lost with data in flight. */
  onLost(): void {
    this.#shrink(4);
  }

  /** Limits the window to half of these bytes, which were too many for the server at the same time. */
  limit(bytes: number): void {
    this.#max = Math.max(1, Math.floor(Math.min(bytes, this.#max) / 2));
    this.#min = Math.min(this.#min, this.#max);
    this.bytes = Math.min(this.bytes, this.#max);
  }

  #shrink(factor: number): void {
    this.bytes = Math.max(this.#min, Math.floor(this.bytes / factor));
  }
}
