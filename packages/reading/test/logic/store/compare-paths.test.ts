import { expect, it } from "vitest";
import { comparePaths } from "../../../dist/store/compare-paths.js";

/** In the order of Rerun's lists. */
const PATHS = [
  [],
  [""],
  ["1"],
  ["002"],
  ["2"],
  ["10"],
  ["10", "a"],
  ["A"],
  ["a"],
  ["a", "b"],
  ["a", "b", "c"],
  ["a", "c"],
  ["a", "__properties"],
  ["a2"],
  ["a2b"],
  ["a2c1"],
  ["a2c10"],
  ["a10"],
  ["aB"],
  ["ab"],
  ["b"],
  ["__a"],
  ["__properties"],
];

it("paths are compared part by part, with numbers by value, small letters last, and reserved parts behind all", () => {
  for (const [a, first] of PATHS.entries())
    for (const [b, second] of PATHS.entries())
      expect([first, second, Math.sign(comparePaths(first, second))]).toEqual([first, second, Math.sign(a - b)]);
});

it("numbers of any length are compared", () => {
  expect(comparePaths(["12345678901234567891"], ["12345678901234567890"])).toBeGreaterThan(0);
});

it("names are compared by code points, as in Rerun's lists", () => {
  expect(comparePaths(["\u{1F600}"], ["\uFFFD"])).toBeGreaterThan(0);
  expect(comparePaths(["\uE000"], ["\uFFFD"])).toBeLessThan(0);
});
