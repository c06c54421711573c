import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PackRanges, isFlatRanges } from "../../dist/commits/pack-ranges.js";

const LIMIT = 40;

describe("PackRanges", () => {
  it("lacks the numbers that were not added, and has the others in as few ranges as possible", () => {
    const ranges = fc.array(fc.tuple(fc.integer({ min: 1, max: LIMIT }), fc.nat(5)), { maxLength: 20 });
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: LIMIT }), fc.nat(LIMIT), (added, from, length) => {
        const set = new Set<number>();
        const packs = new PackRanges();
        for (const [first, more] of added) {
          packs.add(first, first + more);
          for (let number = first; number <= first + more; number++) set.add(number);
        }
        const numbers = Array.from({ length: 2 * LIMIT + 8 }, (_, number) => number);
        const lacking = numbers.filter((number) => number >= from && number <= from + length && !set.has(number));
        const missing = new PackRanges(packs.missing(from, from + length));
        const found = numbers.filter((number) => number > 0 && missing.missing(number, number).length === 0);
        expect(found).toEqual(lacking);
        const gaps = numbers.filter((number) => set.has(number) && !set.has(number - 1));
        const stored = packs.toJSON();
        expect(stored.filter((_, at) => at % 2 === 0)).toEqual(gaps);
        expect(isFlatRanges(stored)).toBe(true);
        expect(new PackRanges(stored).toJSON()).toEqual(stored);
      }),
    );
  });

  it("rejects stored ranges that are no ranges", () => {
    for (const value of [null, "1", [1], [2, 1], [0, 1], [1, 3, 3, 4], [1, 1.5], [1, null]])
      expect([value, isFlatRanges(value)]).toEqual([value, false]);
    for (const value of [[], [1, 1], [1, 3, 5, 5]]) expect([value, isFlatRanges(value)]).toEqual([value, true]);
  });
});
