import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CommitPace } from "../../src/ingest/commit-pace.ts";

const MIB = 1024 * 1024;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The number of commits in some seconds, if each is made as soon as it may. */
function commitsIn(seconds: number, bytes: number, staticBytes: number): number {
  const pace = new CommitPace(1);
  const end = performance.now() + 1000 * seconds;
  let commits = 0;
  for (;;) {
    vi.advanceTimersByTime(Math.ceil(pace.waitMs(bytes)) + 10);
    if (performance.now() > end) return commits;
    pace.spend(bytes, staticBytes);
    commits++;
  }
}

describe("the pace of commits", () => {
  it("allows some small ones at once, and then one a second", () => {
    const pace = new CommitPace(1);
    for (let commit = 0; commit <= 8; commit++) {
      expect(pace.waitMs(100)).toBe(0);
      pace.spend(0, 0);
    }
    expect(pace.waitMs(0)).toBeCloseTo(1000);
    expect(commitsIn(100, 100, 0)).toBeLessThan(110);
  });

  it("allows fewer the more static data they repeat", () => {
    expect(commitsIn(360, 100, 32 * MIB)).toBeLessThan(45);
    expect(commitsIn(360, 100, 32 * MIB)).toBeGreaterThan(38);
  });

  it("does not hold up clients with much data", () => {
    expect(commitsIn(10, 256 * 1024, 0)).toBe(1000);
    expect(commitsIn(10, 8 * MIB, 32 * MIB)).toBe(1000);
  });
});
