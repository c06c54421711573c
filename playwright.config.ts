import { defineConfig } from "@playwright/test";
import { chromiumLaunchOptions } from "./packages/test-support/src/setup/chromium.ts";

const launchOptions = chromiumLaunchOptions();
/** Chromium finds no servers other than those of the tests. */
const withoutOthers = {
  ...launchOptions,
  args: [...launchOptions.args, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
};

/** Tests of whole pages in a real browser, served by Vite on a free port. */
export default defineConfig({
  testDir: "tests/e2e",
  // Playwright empties this folder when it starts. Other tests have theirs beside it.
  outputDir: "test-results/pages",
  // Most of the time is spent waiting for pages.
  workers: 2,
  // On a busy machine.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  // Failed tests are recorded in `rerun-recordings`.
  reporter: [["list"], ["@rerun-ts/testing/playwright-reporter"]],
  // Everything is built at first, each thing once. The tests of the site are the longest, and the first after that.
  projects: [
    { name: "site build", testMatch: "site.setup.ts" },
    { name: "pages build", testMatch: "pages.setup.ts" },
    { name: "site", testMatch: "site.spec.ts", dependencies: ["site build"], use: { launchOptions: withoutOthers } },
    // Everything is drawn in software: small pages are faster.
    {
      name: "pages",
      testIgnore: ["site.*", "pages.*"],
      dependencies: ["pages build"],
      use: { viewport: { width: 400, height: 300 } },
    },
  ],
  use: {
    headless: true,
    screenshot: "only-on-failure",
    launchOptions,
  },
});
