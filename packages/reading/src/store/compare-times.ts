import type { TimeSpan } from "./chunk-info.ts";

/** The first and the last time that there can be. */
export const FIRST_TIME: bigint = -(2n ** 63n);
export const LAST_TIME: bigint = 2n ** 63n - 1n;

/** The halves of times, the lower one of each first. They are used because bigints are slow. */
export function wordsOf({ buffer, byteOffset, length }: BigInt64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length * 2);
}

/** Results for fewer times are not kept: they are found sooner than they are looked up. */
export const FEW_TIMES = 64;

const spans = new WeakMap<BigInt64Array, TimeSpan>();

/** The smallest and the largest of times, which must not change. Both are 0 without times. */
export function spanOfTimes(times: BigInt64Array): TimeSpan {
  if (times.length < FEW_TIMES) return findSpan(times);
  const known = spans.get(times);
  if (known !== undefined) return known;
  const span = findSpan(times);
  spans.set(times, span);
  return span;
}

function findSpan(times: BigInt64Array): TimeSpan {
  const words = wordsOf(times);
  let first = 0;
  let last = 0;
  for (let at = 1; at < times.length; at++) {
    if (compareTimes(words, at, words, last) > 0) last = at;
    else if (compareTimes(words, at, words, first) < 0) first = at;
  }
  return { start: times[first] ?? 0n, end: times[last] ?? 0n };
}

/** Compares a time of `a` with a time of `b`, both as halves. */
export function compareTimes(a: Int32Array, atA: number, b: Int32Array, atB: number): number {
  const difference = (a[atA * 2 + 1] as number) - (b[atB * 2 + 1] as number);
  return difference === 0 ? ((a[atA * 2] as number) >>> 0) - ((b[atB * 2] as number) >>> 0) : difference;
}
