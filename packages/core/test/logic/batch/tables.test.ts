import { describe, expect, it } from "vitest";
import { BuilderPool } from "../../../dist/batch/builder-pool.js";
import { compareDescriptors } from "../../../dist/batch/logged-chunk.js";
import { EntityTable } from "../../../dist/batch/entity-table.js";

const set = { timelines: [{ name: "t", kind: "sequence" as const }] };
const other = { timelines: [{ name: "u", kind: "sequence" as const }] };

describe("a pool of builders", () => {
  it("gives builders of the same timelines to any entity, the newest first", () => {
    const pool = new BuilderPool();
    const [a, b] = [pool.take("/a", set), pool.take("/b", set)];
    expect([a.entityPath, a.set, b.entityPath, a === b]).toEqual(["/a", set, "/b", false]);
    pool.give(a);
    pool.give(b);
    expect([pool.take("/c", other) === b, pool.take("/c", set) === b, b.entityPath]).toEqual([false, true, "/c"]);
    expect([pool.take("/d", set) === a, pool.take("/e", set) === a]).toEqual([true, false]);
  });

  it("removes all if there are more than a limit", () => {
    const pool = new BuilderPool();
    const builders = [pool.take("/a", set), pool.take("/a", set), pool.take("/a", other)];
    for (const builder of builders) pool.give(builder);
    pool.limit(3);
    expect(pool.take("/b", other)).toBe(builders[2]);
    pool.limit(2);
    expect(pool.take("/b", set)).toBe(builders[1]);
    pool.give(builders[1] as (typeof builders)[0]);
    pool.limit(1);
    for (const each of [set, other]) expect(builders).not.toContain(pool.take("/b", each));
    // The count began again.
    const next = pool.take("/b", set);
    pool.give(next);
    pool.limit(1);
    expect(pool.take("/c", set)).toBe(next);
  });
});

describe("a table of entities", () => {
  it("has one entity for each path, and finds it by what the user wrote", () => {
    const table = new EntityTable(new BuilderPool());
    const entity = table.at("/a");
    expect([entity.path, table.at("/a") === entity, table.at("/b") === entity, table.size]).toEqual([
      "/a",
      true,
      false,
      2,
    ]);
    expect(table.find("a")).toBeUndefined();
    table.remember("a", entity);
    expect(table.find("a")).toBe(entity);
    table.clear();
    expect([table.size, table.find("a"), table.at("/a") === entity]).toEqual([0, undefined, false]);
  });

  it("remembers 200,000 texts, and then begins again", () => {
    const table = new EntityTable(new BuilderPool());
    const entity = table.at("/a");
    for (let text = 0; text < 200_000; text++) table.remember(String(text), entity);
    expect([table.find("0"), table.find("199999")]).toEqual([entity, entity]);
    table.remember("more", entity);
    expect([table.find("0"), table.find("more"), table.size]).toEqual([undefined, entity, 1]);
  });
});

it("components are ordered by archetype, name and component type, those without one first", () => {
  const sorted = [
    { component: "z" },
    { component: "z", componentType: "a" },
    { component: "a", archetype: "A" },
    { component: "b", archetype: "A" },
    { component: "b", archetype: "A", componentType: "a" },
    { component: "b", archetype: "A", componentType: "b" },
    { component: "a", archetype: "B" },
  ];
  for (const [a, first] of sorted.entries())
    for (const [b, second] of sorted.entries())
      expect(Math.sign(compareDescriptors(first, second))).toBe(Math.sign(a - b));
});
