import { addNumber, setScaled, type Int64 } from "./int64.ts";

/** The wall clock in nanoseconds since 1970: a monotonic clock, set right against the system's from time to time. */
export class Clock implements Int64 {
  /** The last reading. */
  lo = 0;
  hi = 0;
  /** On Node the global is a getter, which costs as much as the rest of a reading. */
  readonly #performance = performance;
  readonly #base: Int64 = { lo: 0, hi: 0 };
  #baseMs = 0;

  constructor() {
    this.#anchor(performance.timeOrigin + performance.now());
    this.read();
  }

  /** Takes a reading into `lo` and `hi`; returns the monotonic time in milliseconds. */
  read(): number {
    const now = this.#performance.now();
    addNumber(this, this.#base, (now - this.#baseMs) * 1e6);
    return now;
  }

  /**
   * Follows the system clock if it was set, or stood still while the machine slept. Rare steps instead of
   * one system call per row: a difference below 50 ms is left alone.
   */
  resync(): void {
    const elapsed = performance.now() - this.#baseMs;
    const drift = Date.now() - (this.#baseWallMs + elapsed);
    if (Math.abs(drift) > 50) this.#anchor(Date.now());
  }

  #baseWallMs = 0;

  #anchor(wallMs: number): void {
    this.#baseMs = performance.now();
    this.#baseWallMs = wallMs;
    const whole = Math.floor(wallMs);
    setScaled(this.#base, whole, 1e6);
    addNumber(this.#base, this.#base, Math.floor((wallMs - whole) * 1e6));
  }
}
