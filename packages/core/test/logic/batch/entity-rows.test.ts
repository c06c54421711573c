import { BuilderPool } from "../../../dist/batch/builder-pool.js";
import { EntityRows } from "../../../dist/batch/entity-rows.js";
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

const set = { timelines: [{ name: "t", kind: "sequence" as const }] };
const other = { timelines: [{ name: "u", kind: "sequence" as const }] };

it("an entity has a builder for each of its sets of timelines, the newest of which is current", () => {
  const entity = new EntityRows("/entity", new BuilderPool());
  expect([entity.current, [...entity.builders]]).toEqual([undefined, []]);
  const [first, second] = [entity.builder(set), entity.builder(other)];
  expect([first.set, second.set, entity.current === second]).toEqual([set, other, true]);
  expect(entity.builder(set)).toBe(first);
  expect(entity.current).toBe(first);
  expect([...entity.builders]).toEqual([first, second]);
});

it("an entity uses two builders in turn while the rows of one are being sent", () => {
  const entity = new EntityRows("/entity", new BuilderPool());
  const first = entity.builder(set);
  const second = entity.replace(first);
  expect([second === first, second.set, second.entityPath, entity.current === second]).toEqual([
    false,
    set,
    "/entity",
    true,
  ]);
  expect(entity.builder(set)).toBe(second);
  expect(entity.replace(second)).toBe(first);
  expect(first.spare).toBe(second);
  expect(second.spare).toBeUndefined();
  expect(entity.replace(first)).toBe(second);
});

it("an entity that gives up its last builder has none, and forgets the spare one", () => {
  const pool = new BuilderPool();
  const entity = new EntityRows("/entity", pool);
  const first = entity.builder(set);
  const second = entity.replace(first);
  // A builder that was replaced is none of the entity's.
  entity.release(first);
  expect([...entity.builders]).toEqual([second]);
  entity.builder(other);
  entity.release(second);
  expect([second.spare, entity.current?.set, [...entity.builders].length]).toEqual([undefined, other, 1]);
  entity.release(entity.current as typeof second);
  expect([entity.current, [...entity.builders]]).toEqual([undefined, []]);
  expect(pool.take("/next", set)).toBe(second);
});

it("an entity removes the builders without rows at 64 sets, and then not before the rest has doubled", () => {
  const entity = new EntityRows("/entity", new BuilderPool());
  const sets = Array.from({ length: 400 }, (_, index) => ({
    timelines: [{ name: `t${index}`, kind: "sequence" as const }],
  }));
  const count = (): number => [...entity.builders].length;
  for (const each of sets.slice(0, 65)) entity.builder(each);
  expect(count()).toBe(65);
  for (const [at, use] of [{ rows: 1 }, { isEmitting: true }, { isWriting: true }].entries())
    Object.assign(entity.builder(sets[at] as typeof set), use);
  expect(count()).toBe(3);
  for (const each of sets.slice(0, 100)) entity.builder(each).rows = 1;
  expect(count()).toBe(100);
  for (const each of sets.slice(100, 230)) entity.builder(each);
  expect(count()).toBeLessThan(200);
  expect(count()).toBeGreaterThanOrEqual(100);
});
