import { table } from "@rerun-ts/blueprint";
import { describe, expect, it } from "vitest";

const { col } = table;
const START = new Date("2026-03-01T00:00:00.000Z");
const END = new Date("2026-03-02T12:30:00.250Z");

describe("a condition on a column of a table", () => {
  it("on a range of times contains its start and not its end", () => {
    expect(col("t").between(START, END).sql).toBe(
      `"t" >= TIMESTAMPTZ '2026-03-01T00:00:00Z' AND "t" < TIMESTAMPTZ '2026-03-02T12:30:00.250000Z'`,
    );
    expect(col("t").before(START).sql).toBe(`"t" < TIMESTAMPTZ '2026-03-01T00:00:00Z'`);
    expect(col("t").after(START).sql).toBe(`"t" >= TIMESTAMPTZ '2026-03-01T00:00:00Z'`);
  });

  it("on days and weeks ends where the next one begins", () => {
    const day = "date_trunc('day', now())";
    const week = "date_trunc('week', now())";
    expect(col("t").today().sql).toBe(`"t" >= ${day} AND "t" < ${day} + INTERVAL '1 day'`);
    expect(col("t").yesterday().sql).toBe(`"t" >= ${day} - INTERVAL '1 day' AND "t" < ${day}`);
    expect(col("t").thisWeek().sql).toBe(`"t" >= ${week} AND "t" < ${week} + INTERVAL '7 days'`);
    expect(col("t").lastWeek().sql).toBe(`"t" >= ${week} - INTERVAL '7 days' AND "t" < ${week}`);
    expect(col("t").last24Hours().sql).toBe(`"t" >= now() - INTERVAL '24 hours' AND "t" < now()`);
  });

  it("compares numbers with the operator of its name, also bigints, NaN and infinities", () => {
    const n = col("n");
    expect([n.eq(1), n.lt(1), n.le(1), n.gt(1), n.ge(1)].map(({ sql }) => sql)).toEqual([
      '"n" = 1',
      '"n" < 1',
      '"n" <= 1',
      '"n" > 1',
      '"n" >= 1',
    ]);
    expect(n.eq(2n ** 60n).sql).toBe('"n" = 1152921504606846976');
    expect([NaN, Infinity, -Infinity].map((value) => n.eq(value).sql)).toEqual(
      ["NaN", "inf", "-inf"].map((text) => `"n" = CAST('${text}' AS DOUBLE)`),
    );
  });

  it("has an opposite that is also true for missing values", () => {
    const [n, t] = [col("n"), col("t")];
    for (const [condition, opposite] of [
      [n.eq(1), n.ne(1)],
      [n.isTrue(), n.isNotTrue()],
      [n.isFalse(), n.isNotFalse()],
      [n.isNull(), n.isNotNull()],
      [n.contains("a"), n.doesNotContain("a")],
      [t.between(START, END), t.notBetween(START, END)],
      [t.today(), t.notToday()],
      [t.yesterday(), t.notYesterday()],
      [t.last24Hours(), t.notLast24Hours()],
      [t.thisWeek(), t.notThisWeek()],
      [t.lastWeek(), t.notLastWeek()],
    ] as const)
      expect(opposite.sql).toBe(`(${condition.sql}) IS NOT TRUE`);
    expect([n.isTrue().sql, n.isFalse().sql]).toEqual(['"n" = true', '"n" = false']);
  });

  it("searches texts literally, at the place of its name", () => {
    const s = col("s");
    expect([s.contains("a"), s.startsWith("a"), s.endsWith("a")].map(({ sql }) => sql)).toEqual([
      `"s" ILIKE '%a%'`,
      `"s" ILIKE 'a%'`,
      `"s" ILIKE '%a'`,
    ]);
    expect(s.contains("50%_\\'").sql).toBe(String.raw`"s" ILIKE '%50\%\_\\''%' ESCAPE '\'`);
    expect(col('a"b').isNull().sql).toBe('"a""b" IS NULL');
  });

  it("on a list holds for one of its values, and a missing list is also an empty one", () => {
    expect(col("l").list.ge(3).sql).toBe('any_match("l", x -> x >= 3)');
    expect(col("l").list.isNull().sql).toBe(
      '"l" IS NULL OR NOT any_match("l", x -> true) OR any_match("l", x -> x IS NULL)',
    );
  });

  it("rejects values of other types", () => {
    expect(() => col("n").eq("1" as never)).toThrow("`value` must be a number");
    expect(() => col("t").before(new Date(NaN))).toThrow("`time` must be a valid Date");
    expect(() => col("t").between(START, "x" as never)).toThrow("`end` must be a valid Date");
    expect(() => col("s").contains("")).toThrow("`text` must be a non-empty string");
    expect(() => col("")).toThrow("`name` must be a non-empty string");
  });
});
