import { BuilderPool, EntityRows } from "@rerun-ts/core/internal";
import { expect, it } from "vitest";

it("an entity forgets the builders of timelines without rows when they become many, and no others", () => {
  const entity = new EntityRows("/entity", new BuilderPool());
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

it("an entity gives a builder to others only when it has no rows and is not in use", () => {
  const pool = new BuilderPool();
  const [first, second] = [new EntityRows("/first", pool), new EntityRows("/second", pool)];
  const set = { timelines: [{ name: "t", kind: "sequence" as const }] };
  const builder = first.builder(set);
  for (const use of [{ rows: 1 }, { isListed: true }, { isEmitting: true }, { isWriting: true }]) {
    Object.assign(builder, { rows: 0, isListed: false, isEmitting: false, isWriting: false }, use);
    first.release(builder);
    expect(first.builder(set)).toBe(builder);
  }
  builder.isWriting = false;
  first.release(builder);
  first.release(builder);
  expect([...first.builders]).toEqual([]);
  expect(second.builder(set)).toBe(builder);
  expect(builder.entityPath).toBe("/second");
  expect(first.builder(set)).not.toBe(builder);
});
