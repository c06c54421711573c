import { describe, expect, it } from "vitest";
import { upperBound } from "@rerun-ts/core/util";

describe("upperBound", () => {
  it("counts the leading positions for which a condition holds", () => {
    for (let length = 0; length < 20; length++)
      for (let count = 0; count <= length; count++)
        expect(upperBound(length, (position) => position < count)).toBe(count);
  });
});
