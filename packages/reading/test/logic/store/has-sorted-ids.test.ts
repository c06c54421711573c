import { expect, it } from "vitest";
import { hasSortedIds } from "../../../dist/store/has-sorted-ids.js";

/** Whether rows with these ids are sorted. */
function areSorted(...ids: readonly string[]): boolean {
  return hasSortedIds({ rowIds: new Uint8Array(Buffer.from(ids.join(""), "hex")), rows: ids.length });
}

it("compares all words of ids as unsigned numbers", () => {
  const id = (...words: readonly string[]): string => words.join("");
  const [low, high] = ["7fffffff", "80000000"];
  expect(areSorted()).toBe(true);
  expect(areSorted(id(high, low, low, low))).toBe(true);
  for (let place = 0; place < 4; place++) {
    const words = [low, low, low, low];
    const smaller = id(...words);
    const greater = id(...words.map((word, index) => (index === place ? high : word)));
    expect(areSorted(smaller, greater)).toBe(true);
    expect(areSorted(smaller, smaller)).toBe(true);
    expect(areSorted(greater, smaller)).toBe(false);
    expect(areSorted(smaller, greater, greater, smaller)).toBe(false);
  }
  // An earlier word decides.
  expect(areSorted(id(low, high, high, high), id(high, low, low, low))).toBe(true);
});
