import * as fc from "fast-check";
import { expect, it } from "vitest";
import { sortPositions } from "../../../dist/query/sort-positions.js";

function sorted(keys: readonly number[], positions: readonly number[] = [...keys.keys()]): number[] {
  const result = Uint32Array.from(positions);
  sortPositions(result, Float64Array.from(keys));
  return [...result];
}

it.for([
  { keys: [], positions: [] },
  { keys: [3], positions: [0] },
  { keys: [1, 2, 2, 3], positions: [0, 1, 2, 3] },
  { keys: [3, 2, 1], positions: [2, 1, 0] },
  { keys: [2, 5, 1, 5, 2], positions: [2, 0, 4, 1, 3] },
])("positions of $keys are sorted by key, those of equal keys in their order", ({ keys, positions }) => {
  expect(sorted(keys)).toEqual(positions);
});

it("positions are sorted as a stable sort does it, whatever they are", () => {
  const keys = fc.array(fc.nat(9), { maxLength: 30 });
  fc.assert(
    fc.property(keys, fc.infiniteStream(fc.nat()), (all, random) => {
      const positions = [...all.keys()].filter(() => (random.next().value as number) % 3 > 0);
      const expected = [...positions].sort((a, b) => (all[a] as number) - (all[b] as number));
      expect(sorted(all, positions)).toEqual(expected);
    }),
    { seed: 3, numRuns: 300 },
  );
});
