import { upperBound } from "@rerun-ts/core/util";

/** Ranges as they are stored: the first and the last number of each, in ascending order. */
export type FlatRanges = readonly number[];

/** A set of numbers of messages, as disjoint ranges. Nearly always there is one, which begins at 1. */
export class PackRanges {
  /** The first and the last number of each range, in ascending order. */
  readonly #bounds: number[] = [];

  constructor(ranges: FlatRanges = []) {
    for (let at = 0; at + 1 < ranges.length; at += 2) this.add(ranges[at] as number, ranges[at + 1]);
  }

  /** The end of the range that begins with 1, or 0 if 1 is not in the set. */
  get through(): number {
    return this.#bounds[0] === 1 ? (this.#bounds[1] as number) : 0;
  }

  /** Adds all numbers from `first` to `last`. */
  add(first: number, last: number = first): void {
    // Ranges that touch the new range merge with it.
    const from = this.#firstEndingAt(first - 1);
    let to = from;
    let [low, high] = [first, last];
    while (to < this.#bounds.length && (this.#bounds[to] as number) <= last + 1) {
      low = Math.min(low, this.#bounds[to] as number);
      high = Math.max(high, this.#bounds[to + 1] as number);
      to += 2;
    }
    this.#bounds.splice(from, to - from, low, high);
  }

  /** The ranges from `first` to `last` that are not in the set. */
  missing(first: number, last: number): FlatRanges {
    if (last <= this.through) return [];
    const missing: number[] = [];
    let next = first;
    for (let at = this.#firstEndingAt(first); at < this.#bounds.length; at += 2) {
      const start = this.#bounds[at] as number;
      if (start > last) break;
      if (start > next) missing.push(next, start - 1);
      next = (this.#bounds[at + 1] as number) + 1;
    }
    if (next <= last) missing.push(next, last);
    return missing;
  }

  /** The ranges, as they are stored. */
  toJSON(): FlatRanges {
    return [...this.#bounds];
  }

  /** The index of the first range that ends at or after a number. */
  #firstEndingAt(number: number): number {
    return 2 * upperBound(this.#bounds.length / 2, (range) => (this.#bounds[range * 2 + 1] as number) < number);
  }
}

/** The ranges of the numbers of a pack that a set lacks. Without a set, all numbers of the pack. */
export function missingOf(
  known: PackRanges | undefined,
  { number, count }: { readonly number: number; readonly count: number },
): FlatRanges {
  const last = number + count - 1;
  return known === undefined ? [number, last] : known.missing(number, last);
}

/** Whether a stored value is a list of ranges in ascending order. */
export function isFlatRanges(value: unknown): value is FlatRanges {
  if (!Array.isArray(value) || value.length % 2 !== 0) return false;
  let last = 0;
  return value.every((bound: unknown, at) => {
    const isNext = Number.isSafeInteger(bound) && (bound as number) >= (at % 2 === 0 ? last + 1 : last);
    last = bound as number;
    return isNext;
  });
}
