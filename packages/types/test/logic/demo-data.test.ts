import { bounceLerp, buildColorGrid, buildColorSpiral } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";

describe("data for examples", () => {
  it("names a wrong argument", () => {
    expect(() => buildColorGrid(2.5)).toThrow("`xCount`");
    expect(() => buildColorGrid(2, 2, -1)).toThrow("`zCount`");
    expect(() => buildColorGrid(2, 2, 2, { twist: "1" as never })).toThrow("`twist`");
    expect(() => buildColorGrid(2, 2, 2, { twists: 1 } as never)).toThrow("twists");
    expect(() => buildColorSpiral("100" as never)).toThrow("`numPoints`");
    expect(() => buildColorSpiral(10, { zStep: Number.NaN })).toThrow("`zStep`");
  });

  it("has a position and a colour for each point", () => {
    const { positions, colors } = buildColorGrid(2, 3, 4);
    expect([positions.length, colors.length]).toEqual([24, 24]);
    expect([positions.at(-1), colors.at(-1)]).toEqual([
      [10, 10, 10],
      [255, 255, 255],
    ]);
    expect(buildColorSpiral(3).positions[2]?.[2]).toBe(0.2);
    expect([0, 0.5, 1.5, 2].map((t) => bounceLerp(0, 10, t))).toEqual([0, 5, 5, 0]);
  });
});
