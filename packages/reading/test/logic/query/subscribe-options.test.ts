import { expect, it } from "vitest";
import { resolveInterval } from "../../../dist/query/subscribe-options.js";

const LIMIT = 2 ** 31 - 1;

it("the interval between tables is 100 ms unless it is given", () => {
  const given = [{}, { intervalMs: undefined }, { intervalMs: 0 }, { intervalMs: 5.5 }, { intervalMs: LIMIT }];
  expect(given.map(resolveInterval)).toEqual([100, 100, 0, 5.5, LIMIT]);
});

it.for([-1, LIMIT + 1, NaN, "5", null])("an interval of %s is rejected", (intervalMs) => {
  expect(() => resolveInterval({ intervalMs: intervalMs as number })).toThrow(
    "`intervalMs` must be a number from 0 to",
  );
});

it("an option that there is not is rejected", () => {
  expect(() => resolveInterval({ interval: 5 } as never)).toThrow("interval");
});
