import { expect, it } from "vitest";
import { quickTestFolders } from "../../tools/lib/quick-tests.ts";

it("quick tests are those of changed packages and of tools, without the fuzz corpus and the simulations", () => {
  const files = [
    "packages/reading/src/query/row-taker.ts",
    "packages/reading/test/logic/query/row-taker.test.ts",
    "tools/lib/changed-files.ts",
    "tests/fuzz/targets.ts",
    "tests/simulation/world.ts",
    "docs/reading.md",
  ];
  expect(quickTestFolders(files)).toEqual(["packages/reading/", "tests/tools/"]);
});
