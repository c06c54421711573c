import { Backoff } from "@rerun-ts/core/transport";
import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";

/** The longest wait before each attempt. */
const LIMITS = [100, 200, 400, 800, 1000, 1000, 1000];

afterEach(() => vi.restoreAllMocks());

describe("Backoff", () => {
  it("waits at random within a limit that doubles up to a second", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        vi.spyOn(Math, "random").mockReturnValue(random);
        const backoff = new Backoff();
        expect(LIMITS.map(() => backoff.next())).toEqual(LIMITS.map((limit) => random * limit));
      }),
    );
  });

  it("begins again after a success", () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const backoff = new Backoff();
    for (let attempt = 0; attempt < 10; attempt++) backoff.next();
    backoff.reset();
    expect([backoff.next(), backoff.next()]).toEqual([50, 100]);
  });

  it("spreads the attempts of many clients", () => {
    const waits = Array.from({ length: 100 }, () => new Backoff().next());
    expect(new Set(waits).size).toBeGreaterThan(90);
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(50);
  });
});
