/** Numbers beyond this are not exact when a difference is added to them. */
const MAX_SPAN = 2n ** 52n;
const TWO_32 = 4294967296;

/**
 * Numbers in place of the times of one timeline, in the same order, because bigints are slow: the distance from the
 * first time where that is exact, else the position among all times.
 */
export class IndexKeys {
  readonly #base: bigint;
  /** All times, in order, if they are too far apart for distances. */
  readonly #ranks: BigInt64Array | undefined;

  /** @param all every time that occurs */
  constructor(all: readonly BigInt64Array[]) {
    let first = 2n ** 63n;
    let last = -(2n ** 63n);
    for (const times of all) {
      for (let index = 0; index < times.length; index++) {
        const time = times[index] as bigint;
        if (time < first) first = time;
        if (time > last) last = time;
      }
    }
    this.#base = first > last ? 0n : first;
    if (last - first >= MAX_SPAN) this.#ranks = sortedDistinct(all);
  }

  /** The keys of times. */
  keysOf(times: BigInt64Array): Float64Array {
    const keys = new Float64Array(times.length);
    const ranks = this.#ranks;
    if (ranks !== undefined) {
      for (let index = 0; index < times.length; index++) keys[index] = rankOf(ranks, times[index] as bigint);
      return keys;
    }
    const words = new Int32Array(times.buffer, times.byteOffset, times.length * 2);
    const baseLow = Number(BigInt.asUintN(32, this.#base));
    const baseHigh = Number(this.#base >> 32n);
    for (let index = 0; index < keys.length; index++) {
      const low = (words[index * 2] as number) >>> 0;
      keys[index] = ((words[index * 2 + 1] as number) - baseHigh) * TWO_32 + (low - baseLow);
    }
    return keys;
  }

  /** The key of the first time that is not before `time`; it may be beyond all keys. */
  keyFrom(time: bigint): number {
    if (this.#ranks !== undefined) return rankOf(this.#ranks, time);
    return Number(time - this.#base);
  }

  /** The key of the last time that is not after `time`; it may be before all keys. */
  keyTo(time: bigint): number {
    const ranks = this.#ranks;
    if (ranks === undefined) return Number(time - this.#base);
    const rank = rankOf(ranks, time);
    return ranks[rank] === time ? rank : rank - 1;
  }

  /** The time of a key. */
  timeOf(key: number): bigint {
    return this.#ranks?.[key] ?? this.#base + BigInt(key);
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
