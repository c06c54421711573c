import { expect, test } from "vitest";
import { bundle } from "../../../../tools/lib/bundle.mjs";

test("a bundle of core for browsers imports nothing", async () => {
  const { externals, bytes } = await bundle('export * from "@rerun-ts/core";');
  expect(bytes.byteLength).toBeGreaterThan(0);
  expect(externals).toEqual([]);
});
