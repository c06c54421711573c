import { expect, test } from "@playwright/test";
import { buildAllPages } from "./serve.ts";

test("the pages can be built, and none of them runs the program of another one", async () => {
  // If there are some, build them separately.
  expect(await buildAllPages()).toEqual([]);
});
