import { FEW_TIMES, FIRST_TIME, LAST_TIME, spanOfTimes, wordsOf } from "../store/compare-times.ts";

/** Numbers beyond twice this are not exact. */
const MAX_SPAN = 2n ** 52n;
const BASE_BITS = 52n;
const TWO_32 = 4294967296;

/** Numbers in place of times. */
export interface Keys {
  readonly values: Float64Array;
  /** Whether each is greater than the one before, or at least none is smaller. */
  readonly order: "rising" | "sorted" | "none";
}

/** The keys of times, for the base that they were last made for. */
const kept = new WeakMap<BigInt64Array, { readonly base: bigint; readonly keys: Keys }>();

/**
 * Numbers in place of the times of one timeline, in the same order, because bigints are slow: the distance from the
 * first time, rounded down, where that is exact, else the position among all times.
 */
export class IndexKeys {
  readonly #base: bigint;
  /** All times, in order, if they are too far apart for distances. */
  readonly #ranks: BigInt64Array | undefined;

  /** @param all every time that occurs */
  constructor(all: readonly BigInt64Array[]) {
    let [first, last] = [LAST_TIME, FIRST_TIME];
    for (const times of all) {
      if (times.length === 0) continue;
      const { start, end } = spanOfTimes(times);
      if (start < first) first = start;
      if (end > last) last = end;
    }
    // Rounded, so that queries of different chunks usually have the same keys.
    this.#base = first > last ? 0n : (first >> BASE_BITS) << BASE_BITS;
    if (last - first >= MAX_SPAN) this.#ranks = sortedDistinct(all);
  }

  /** The keys of times. They are cached with the array, which must not change, for the next query. */
  keysOf(times: BigInt64Array): Keys {
    const isKept = this.#ranks === undefined && times.length >= FEW_TIMES;
    const known = isKept ? kept.get(times) : undefined;
    if (known !== undefined && known.base === this.#base) return known.keys;
    const values = this.#ranks === undefined ? this.#distances(times) : ranksOf(this.#ranks, times);
    const keys = { values, order: orderOf(values) };
    if (isKept) kept.set(times, { base: this.#base, keys });
    return keys;
  }

  #distances(times: BigInt64Array): Float64Array {
    const keys = new Float64Array(times.length);
    const words = wordsOf(times);
    // The lower half of the base is 0.
    const base = Number(this.#base >> 32n);
    for (let index = 0; index < keys.length; index++)
      keys[index] = ((words[index * 2 + 1] as number) - base) * TWO_32 + ((words[index * 2] as number) >>> 0);
    return keys;
  }

  /** The key of the first time that is not before `time`. It may be beyond all keys. */
  keyFrom(time: bigint): number {
    if (this.#ranks !== undefined) return rankOf(this.#ranks, time);
    return Number(time - this.#base);
  }

  /** The key of the last time that is not after `time`. It may be before all keys. */
  keyTo(time: bigint): number {
    const ranks = this.#ranks;
    if (ranks === undefined) return Number(time - this.#base);
    const rank = rankOf(ranks, time);
    return ranks[rank] === time ? rank : rank - 1;
  }

  /** The times of keys. Keys below 0 have no time, and become 0. */
  timesOf(keys: Float64Array): BigInt64Array {
    const times = new BigInt64Array(keys.length);
    const ranks = this.#ranks;
    const words = wordsOf(times);
    const base = Number(this.#base >> 32n);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as number;
      if (key < 0) continue;
      if (ranks !== undefined) {
        times[index] = ranks[key] as bigint;
        continue;
      }
      words[index * 2] = key;
      words[index * 2 + 1] = base + Math.floor(key / TWO_32);
    }
    return times;
  }
}

function sortedDistinct(all: readonly BigInt64Array[]): BigInt64Array {
  const sorted = new BigInt64Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const times of all) {
    sorted.set(times, at);
    at += times.length;
  }
  sorted.sort();
  let count = 0;
  for (let index = 0; index < sorted.length; index++) {
    if (count === 0 || sorted[index] !== sorted[count - 1]) sorted[count++] = sorted[index] as bigint;
  }
  return sorted.subarray(0, count);
}

/** The position of the first of `sorted` that is not before `time`. */
function rankOf(sorted: BigInt64Array, time: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as bigint) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function ranksOf(sorted: BigInt64Array, times: BigInt64Array): Float64Array {
  const ranks = new Float64Array(times.length);
  for (let index = 0; index < times.length; index++) ranks[index] = rankOf(sorted, times[index] as bigint);
  return ranks;
}

/** Whether each number is greater than the one before, or at least none is smaller. */
export function orderOf(keys: Float64Array): Keys["order"] {
  let isRising = true;
  for (let at = 1; at < keys.length; at++) {
    const before = keys[at - 1] as number;
    const key = keys[at] as number;
    if (key > before) continue;
    if (key < before) return "none";
    isRising = false;
  }
  return isRising ? "rising" : "sorted";
}

/** The number of sorted keys that are less than `key`. */
export function countBefore(sorted: Float64Array, key: number): number {
  return partition(sorted, (other) => other < key);
}

/** The number of sorted keys that are at most `key`. */
export function countUpTo(sorted: Float64Array, key: number): number {
  return partition(sorted, (other) => other <= key);
}

function partition(sorted: Float64Array, isBefore: (key: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(sorted[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
