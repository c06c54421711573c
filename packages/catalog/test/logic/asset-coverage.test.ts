import { describe, expect, it } from "vitest";
import { changedCoverage, coverageBatch, coverageOf, type AssetCoverage } from "../../dist/asset-coverage.js";

describe("the segments of an asset", () => {
  const some: AssetCoverage = { mode: "opt_in", segments: ["a"] };
  const others: AssetCoverage = { mode: "opt_out", segments: ["a"] };

  it("are listed when the asset applies to them, or does not", () => {
    expect(changedCoverage(some, ["b", "b"], true)).toEqual({ mode: "opt_in", segments: ["a", "b"] });
    expect(changedCoverage(some, ["a"], false)).toEqual({ mode: "opt_in", segments: [] });
    expect(changedCoverage(others, ["b"], false)).toEqual({ mode: "opt_out", segments: ["a", "b"] });
    expect(changedCoverage(others, ["a"], true)).toEqual({ mode: "opt_out", segments: [] });
  });

  it("stay the same object if nothing changes", () => {
    expect(changedCoverage(some, ["a"], true)).toBe(some);
    expect(changedCoverage(some, ["b"], false)).toBe(some);
    expect(changedCoverage(others, ["a", "a"], false)).toBe(others);
  });

  it("change although another program has listed one twice", () => {
    const twice: AssetCoverage = { mode: "opt_in", segments: ["a", "a"] };
    expect(changedCoverage(twice, ["b"], true)).toEqual({ mode: "opt_in", segments: ["a", "b"] });
    expect(changedCoverage(twice, ["a"], true)).toBe(twice);
  });

  it("are read as they were written", () => {
    for (const coverage of [some, others]) expect(coverageOf(coverageBatch(coverage))).toEqual(coverage);
    expect(coverageOf(undefined)).toEqual({ mode: "opt_out", segments: [] });
  });
});
