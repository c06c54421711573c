import { expect, test } from "vitest";
import { bundle } from "@rerun-ts/test-support/packages/bundle";

test("a bundle of core for browsers has no external imports", async () => {
  const { externals, bytes } = await bundle('export * from "@rerun-ts/core";');
  expect(bytes.byteLength).toBeGreaterThan(0);
  expect(externals).toEqual([]);
});
