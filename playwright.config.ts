import { defineConfig } from "@playwright/test";
import { chromiumArguments, chromiumPath } from "./tools/lib/chromium.mjs";

const executablePath = chromiumPath();

/** Whole pages in a real browser, served by Vite. The port is free: the server tells it. */
export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  workers: 1,
  timeout: 60_000,
  reporter: [["list"]],
  use: {
    headless: true,
    launchOptions: { args: chromiumArguments, ...(executablePath === undefined ? {} : { executablePath }) },
  },
});
