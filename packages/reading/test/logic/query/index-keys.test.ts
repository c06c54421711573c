import { describe, expect, it } from "vitest";
import { IndexKeys, countBefore, countUpTo, orderOf } from "../../../dist/query/index-keys.js";

const NEAR = [-5n, -1n, 0n, 1n, 7n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 40n + 3n];
/** As far apart as distances can be that are exact, and one more. */
const AT_LIMIT = [0n, 2n ** 52n - 1n];
const BEYOND_LIMIT = [0n, 2n ** 52n];
const FAR = [-(2n ** 63n), -(2n ** 53n) - 1n, -(2n ** 53n), 0n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n];
const EPOCH = [1_700_000_000_000_000_000n, 1_700_000_000_000_000_001n, 1_700_000_000_999_999_999n];

describe.for([
  { name: "near each other", times: NEAR },
  { name: "just near enough for distances", times: AT_LIMIT },
  { name: "just too far apart for distances", times: BEYOND_LIMIT },
  { name: "far apart", times: FAR },
  { name: "of today in nanoseconds", times: EPOCH },
])("the keys of times $name", ({ times }) => {
  const keysOfTimes = (): IndexKeys =>
    new IndexKeys([BigInt64Array.from(times), new BigInt64Array(0), BigInt64Array.from(times.slice(1, 3))]);

  it("are in the order of the times, and become the times again", () => {
    const keys = keysOfTimes();
    const { values, order } = keys.keysOf(BigInt64Array.from(times));
    expect(order).toBe("rising");
    expect([...keys.timesOf(values)]).toEqual(times);
    const reversed = keys.keysOf(BigInt64Array.from(times.toReversed()));
    expect([...reversed.values]).toEqual([...values].toReversed());
    expect(reversed.order).toBe("none");
  });

  it("are found from and up to a time", () => {
    const keys = keysOfTimes();
    const { values } = keys.keysOf(BigInt64Array.from(times));
    for (const [at, time] of times.entries()) {
      expect([keys.keyFrom(time), keys.keyTo(time)]).toEqual([values[at], values[at]]);
      const [before, after] = [time - 1n, time + 1n];
      if (!times.includes(before)) expect(countBefore(values, keys.keyFrom(before))).toBe(at);
      if (!times.includes(before)) expect(countUpTo(values, keys.keyTo(before))).toBe(at);
      if (!times.includes(after)) expect(countBefore(values, keys.keyFrom(after))).toBe(at + 1);
      if (!times.includes(after)) expect(countUpTo(values, keys.keyTo(after))).toBe(at + 1);
    }
  });
});

describe("keys", () => {
  it("are positions among distinct times where these are far apart", () => {
    const keys = new IndexKeys([BigInt64Array.of(5n, 2n ** 62n, 5n), BigInt64Array.of(-(2n ** 62n))]);
    expect([...keys.keysOf(BigInt64Array.of(2n ** 62n, 5n, 5n, -(2n ** 62n))).values]).toEqual([2, 1, 1, 0]);
    expect(keys.keysOf(BigInt64Array.of(5n, 5n)).order).toBe("sorted");
  });

  it("below 0 have the time 0", () => {
    expect([...new IndexKeys([BigInt64Array.of(3n, 9n)]).timesOf(Float64Array.of(-1, -7, 9))]).toEqual([0n, 0n, 9n]);
    const far = new IndexKeys([BigInt64Array.of(3n, 2n ** 62n)]);
    expect([...far.timesOf(Float64Array.of(-1, 0))]).toEqual([0n, 3n]);
  });

  it("are distances from a time that many recordings have in common", () => {
    // A multiple of 2 ** 52 nanoseconds, about 52 days.
    const base = 2n ** 52n * 377n;
    expect([...new IndexKeys([BigInt64Array.of(base + 5n)]).keysOf(BigInt64Array.of(base + 5n)).values]).toEqual([5]);
    expect([...new IndexKeys([BigInt64Array.of(-5n)]).keysOf(BigInt64Array.of(-5n)).values]).toEqual([2 ** 52 - 5]);
    expect([...new IndexKeys([]).keysOf(BigInt64Array.of(7n)).values]).toEqual([7]);
  });

  it("are made of no time at all", () => {
    const keys = new IndexKeys([new BigInt64Array(0)]);
    expect([...keys.keysOf(BigInt64Array.of(0n, 4n)).values]).toEqual([0, 4]);
    expect([...new IndexKeys([]).timesOf(Float64Array.of(4))]).toEqual([4n]);
  });

  it("are kept with an array of many times for other queries with the same base", () => {
    const times = BigInt64Array.from({ length: 100 }, (_, at) => BigInt(3 + 6 * at));
    const near = new IndexKeys([times]);
    expect(near.keysOf(times)).toBe(near.keysOf(times));
    expect(new IndexKeys([times, BigInt64Array.of(2n ** 40n)]).keysOf(times)).toBe(near.keysOf(times));
    const other = new IndexKeys([times, BigInt64Array.of(-1n)]);
    expect(other.timesOf(other.keysOf(times).values)).toEqual(times);
    expect(other.keysOf(times)).not.toBe(near.keysOf(times));
    // Positions depend on the other times.
    const far = new IndexKeys([times, BigInt64Array.of(2n ** 62n)]);
    const farther = new IndexKeys([times, BigInt64Array.of(0n, 2n ** 62n)]);
    expect([far.keysOf(times).values[1], farther.keysOf(times).values[1]]).toEqual([1, 2]);
  });
});

it.for([
  { keys: [], order: "rising" },
  { keys: [1], order: "rising" },
  { keys: [1, 2, 3], order: "rising" },
  { keys: [1, 1, 3], order: "sorted" },
  { keys: [1, 2, 2], order: "sorted" },
  { keys: [2, 1], order: "none" },
  { keys: [1, 1, 0], order: "none" },
])("the order of $keys is $order", ({ keys, order }) => {
  expect(orderOf(Float64Array.from(keys))).toBe(order);
});

it("sorted keys are counted before and up to a key", () => {
  const keys = Float64Array.of(1, 3, 3, 5);
  const counts = [0, 1, 2, 3, 4, 5, 6].map((key) => [countBefore(keys, key), countUpTo(keys, key)]);
  expect(counts).toEqual([
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 3],
    [3, 3],
    [3, 4],
    [4, 4],
  ]);
});
