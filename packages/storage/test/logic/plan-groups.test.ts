import { describe, expect, it } from "vitest";
import { planGroups } from "../../dist/compact/plan-groups.js";
import type { CountedPart } from "../../dist/replacements/counted-parts.js";

const LIMITS = { maxBytes: 1000, minParts: 4 };

/** Parts of some sizes, one after the other in time. */
function partsOf(sizes: readonly number[]): CountedPart[] {
  return sizes.map((size, index) => {
    const key = String(index).padStart(5, "0");
    return { key, size, recordingId: "one", layer: key, modified: new Date(1000 * index) };
  });
}

const groupsOf = (...sizes: number[]): number[][] =>
  planGroups(partsOf(sizes).toReversed(), LIMITS).map((group) => group.map(({ size }) => size));

describe("planGroups", () => {
  it("puts parts together that follow each other in time, up to the limit of bytes", () => {
    expect(groupsOf(100, 200, 300, 150, 250, 240, 10, 230, 220)).toEqual([
      [100, 200, 300, 150, 250],
      [240, 10, 230, 220],
    ]);
  });

  it("leaves large parts alone, and groups that are too small", () => {
    expect(groupsOf(501, 900, 5000)).toEqual([]);
    expect(groupsOf(1, 1, 1)).toEqual([]);
    expect(groupsOf(501, 10, 501, 10, 10, 900, 10)).toEqual([[10, 10, 10, 10]]);
  });

  it("leaves a part out that is larger than the others together", () => {
    expect(groupsOf(100, 20, 20, 20, 20)).toEqual([[20, 20, 20, 20]]);
    expect(groupsOf(20, 20, 20, 20, 400, 10, 10, 10)).toEqual([[20, 20, 20, 20]]);
    expect(groupsOf(80, 20, 20, 20, 20)).toEqual([[80, 20, 20, 20, 20]]);
  });

  it("writes each byte only a few times again, although new parts arrive all the time", () => {
    const limits = { maxBytes: 1e9, minParts: 4 };
    let parts: CountedPart[] = [];
    let written = 0;
    const days = 400;
    for (let day = 0; day < days; day++) {
      for (let part = 0; part < 10; part++) {
        const key = `${day}-${part}`;
        parts.push({ key, size: 100, recordingId: "one", layer: key, modified: new Date(1000 * (day * 10 + part)) });
      }
      for (let groups = planGroups(parts, limits); groups.length > 0; groups = planGroups(parts, limits)) {
        const [group = []] = groups;
        const size = group.reduce((sum, each) => sum + each.size, 0);
        written += size;
        const key = `made ${written}`;
        const modified = new Date(Math.max(...group.map((each) => each.modified?.getTime() ?? 0)));
        parts = [
          ...parts.filter((each) => !group.includes(each)),
          { key, size, recordingId: "one", layer: key, modified },
        ];
      }
    }
    expect(parts.length).toBeLessThan(3 * Math.log2(days));
    expect(written / (days * 1000)).toBeLessThan(2 + Math.log2(days));
  });
});
