import { addNumber, setEpochMs, type Int64 } from "./int64.ts";

/**
 * The latest time of an anchor, in the year 2262: the nanoseconds since 1970 of later ones do not fit 64 bits. It
 * leaves a year for the readings after it.
 */
const MAX_EPOCH_MS = 2 ** 63 / 1e6 - 366 * 86_400_000;

/**
 * The wall clock in nanoseconds since 1970, based on the monotonic clock.
 *
 * A reading is the time of an anchor plus the monotonic time since then, so it has microseconds where `Date.now` has
 * milliseconds, and does not go back between two anchors. `resync` sets a new anchor if the system clock has moved
 * away. The last reading is in the fields of the clock itself, so that a row allocates nothing for its time.
 */
export class Clock implements Int64 {
  /** The low 32 bits of the last reading. */
  lo = 0;
  /** The high 32 bits of the last reading. */
  hi = 0;
  /** Cached, because on Node the global is a getter that takes as long as the rest of a reading. */
  readonly #performance = performance;
  /** The wall-clock time of the anchor. */
  readonly #base: Int64 = { lo: 0, hi: 0 };
  /** The monotonic time of the anchor, in milliseconds. */
  #baseMs = 0;
  /** The wall-clock time of the anchor, in milliseconds. */
  #baseWallMs = 0;

  constructor() {
    this.#anchor(performance.timeOrigin + performance.now());
    this.read();
  }

  /** Reads the time into `lo` and `hi`. Returns the monotonic time in milliseconds. */
  read(): number {
    const now = this.#performance.now();
    addNumber(this, this.#base, (now - this.#baseMs) * 1e6);
    return now;
  }

  /**
   * Follows the system clock if it was set, or if the monotonic clock stopped while the machine slept. Callers resync
   * only now and then instead of for every row, to save system calls. Differences of up to 50 ms are ignored.
   */
  resync(): void {
    const elapsed = performance.now() - this.#baseMs;
    const drift = Date.now() - (this.#baseWallMs + elapsed);
    if (Math.abs(drift) > 50) this.#anchor(Date.now());
  }

  #anchor(wallMs: number): void {
    this.#baseMs = performance.now();
    this.#baseWallMs = wallMs;
    setEpochMs(this.#base, Math.max(-MAX_EPOCH_MS, Math.min(MAX_EPOCH_MS, wallMs)));
  }
}
