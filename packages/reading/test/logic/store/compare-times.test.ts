import { describe, expect, it } from "vitest";
import { FIRST_TIME, LAST_TIME, compareTimes, spanOfTimes, wordsOf } from "../../../dist/store/compare-times.js";

describe("the span of times", () => {
  it.for<[bigint[], bigint, bigint]>([
    [[], 0n, 0n],
    [[5n], 5n, 5n],
    [[5n, 5n, 5n], 5n, 5n],
    [[1n, 2n, 3n], 1n, 3n],
    [[3n, 2n, 1n], 1n, 3n],
    [[2n, 3n, 1n], 1n, 3n],
    [[2n, 1n, 3n], 1n, 3n],
    [[-1n, 0n, 1n], -1n, 1n],
    [[2n ** 32n, 2n ** 32n - 1n], 2n ** 32n - 1n, 2n ** 32n],
    [[2n ** 31n, 1n], 1n, 2n ** 31n],
    [[LAST_TIME, 0n, FIRST_TIME], FIRST_TIME, LAST_TIME],
  ])("of %s is from %s to %s", ([times, start, end]) => {
    const array = BigInt64Array.from([9n, ...times]).subarray(1);
    expect(spanOfTimes(array)).toEqual({ start, end });
  });

  it("is kept with an array of many times, for the next query", () => {
    const many = new BigInt64Array(100).fill(7n);
    expect(spanOfTimes(many)).toBe(spanOfTimes(many));
  });
});

it("times are compared by their halves", () => {
  const times = [FIRST_TIME, -(2n ** 32n), -1n, 0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, LAST_TIME];
  const words = wordsOf(BigInt64Array.from(times));
  const others = wordsOf(BigInt64Array.from([0n, ...times]).subarray(1));
  for (const a of times.keys())
    for (const b of times.keys()) expect(Math.sign(compareTimes(words, a, others, b))).toBe(Math.sign(a - b));
});
