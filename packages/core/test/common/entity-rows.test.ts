import { EntityRows } from "@rerun-ts/core/internal";
import { expect, it } from "vitest";

it("an entity forgets the builders of timelines without rows when they become many, and no others", () => {
  const entity = new EntityRows("/entity");
  const sets = Array.from({ length: 10_000 }, (_, index) => ({
    timelines: [{ name: `t${index}`, kind: "sequence" as const }],
  }));
  const pending = sets.slice(0, 5).map((set) => entity.builder(set));
  for (const builder of pending) builder.rows = 1;
  for (const set of sets) entity.builder(set);
  const builders = [...entity.builders];
  expect(builders.length).toBeLessThan(100);
  expect(builders).toEqual(expect.arrayContaining(pending));
  expect(entity.builder(sets[0] as (typeof sets)[0])).toBe(pending[0]);
});
