import { expect, test } from "@playwright/test";
import { runTypeScript } from "@rerun-ts/test-support/node/run-bin";

test("the site can be built", async () => {
  // On a busy machine.
  test.setTimeout(600_000);
  const { code, output } = await runTypeScript(["tools/docs.ts", "--reuse-api"], { capture: true });
  expect(code, output).toBe(0);
});
