import { RemovalLimit, type RemovalUnit } from "./plan-removal.ts";

const HOUR_MS = 3_600_000;

/**
 * Finds the time before which data must go so that the rest has a size. It needs totals of hours in a first pass over
 * all data, and in a second one those of the moments of one hour: memory does not depend on the number of recordings.
 */
export class ByteTotals {
  readonly #keepBytes: number;
  /** Data since this time stays in any case. */
  readonly #youngestMs: number;
  readonly #hours = new Map<number, number>();
  readonly #moments = new Map<number, number>();
  #total = 0;
  /** The hour in which the removed data ends, and the bytes to be removed in it. */
  #last: { readonly hour: number; readonly bytes: number } | undefined;

  constructor(keepBytes: number, youngestMs: number) {
    this.#keepBytes = keepBytes;
    this.#youngestMs = youngestMs;
  }

  /** Adds a unit in the first pass. */
  add({ bytes, newestMs }: RemovalUnit): void {
    this.#total += bytes;
    if (newestMs < this.#youngestMs) sum(this.#hours, Math.floor(newestMs / HOUR_MS), bytes);
  }

  /** Ends the first pass. Returns whether something must go. */
  end(): boolean {
    let left = this.#total - this.#keepBytes;
    if (left <= 0) return false;
    for (const [hour, bytes] of sorted(this.#hours)) {
      this.#last = { hour, bytes: left };
      left -= bytes;
      if (left <= 0) break;
    }
    return this.#last !== undefined;
  }

  /** Adds a unit in the second pass. */
  addAgain({ bytes, newestMs }: RemovalUnit): void {
    if (newestMs < this.#youngestMs && Math.floor(newestMs / HOUR_MS) === this.#last?.hour)
      sum(this.#moments, newestMs, bytes);
  }

  /** The limit, after the second pass. @param beforeMs data before this time goes in any case */
  limit(beforeMs: number): RemovalLimit {
    let left = this.#last?.bytes ?? 0;
    for (const [ms, bytes] of sorted(this.#moments)) {
      if (left <= bytes) return new RemovalLimit(Math.max(beforeMs, ms), { ms, bytes: left });
      left -= bytes;
    }
    // All of the hour goes.
    const end = this.#last === undefined ? -Infinity : (this.#last.hour + 1) * HOUR_MS;
    return new RemovalLimit(Math.min(this.#youngestMs, Math.max(beforeMs, end)));
  }
}

function sum(totals: Map<number, number>, key: number, bytes: number): void {
  totals.set(key, (totals.get(key) ?? 0) + bytes);
}

function sorted(totals: ReadonlyMap<number, number>): readonly (readonly [number, number])[] {
  return [...totals].sort(([a], [b]) => a - b);
}
