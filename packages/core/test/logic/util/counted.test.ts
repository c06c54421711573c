import { describe, expect, it } from "vitest";
import { counted } from "@rerun-ts/core/util";

describe("counted", () => {
  it("has the plural for all numbers but 1", () => {
    expect([0, 1, 2].map((count) => counted(count, "file"))).toEqual(["0 files", "1 file", "2 files"]);
    expect([1, 2].map((count) => counted(count, "part is", "parts are"))).toEqual(["1 part is", "2 parts are"]);
  });
});
