import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import type { BrowserInstanceOption, BrowserProviderOption } from "vitest/node";
import { clickAt } from "./packages/test-support/src/browsers/click-at.ts";
import { testBrowserProvider } from "./packages/test-support/src/browsers/provider.ts";
import { startBrowser } from "./packages/test-support/src/setup/browsers.ts";
import { chromiumLaunchOptions } from "./packages/test-support/src/setup/chromium.ts";
import { isComplete } from "./tests/runtimes/harness/is-complete.ts";

/** Reads back everything that tests take from memory. */
const setupFiles = ["packages/test-support/src/setup/read-back.ts"];

/** The unit and contract tests of pages, in one browser. */
function pageTests(name: string, provider: BrowserProviderOption, browser: BrowserInstanceOption["browser"]) {
  return {
    test: {
      name,
      setupFiles,
      include: ["packages/*/test/{common,browser}/**/*.test.ts"],
      testTimeout: 30_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        commands: { clickAt },
        provider,
        instances: [{ browser }],
      },
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          setupFiles,
          include: ["packages/*/test/{common,node}/**/*.test.ts", "tests/{api,fuzz,simulation,tools}/**/*.test.ts"],
          testTimeout: 30_000,
          // Also where there are two cores, of which one would be left idle.
          maxWorkers: 2,
        },
      },
      pageTests("browser", playwright({ launchOptions: chromiumLaunchOptions() }), "chromium"),
      pageTests(
        "firefox",
        testBrowserProvider("firefox", (options) => startBrowser("Firefox ESR", options)),
        "firefox",
      ),
      pageTests(
        "webkit",
        testBrowserProvider("webkit", (options) => startBrowser("WebKitGTK", options)),
        "webkit",
      ),
      {
        test: {
          name: "conformance",
          setupFiles,
          include: ["tests/conformance/**/*.test.ts"],
          globalSetup: ["tests/conformance/setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          name: "golden",
          setupFiles,
          include: ["tests/golden/**/*.test.ts"],
          globalSetup: ["tests/golden/setup.ts"],
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          name: "viewers",
          setupFiles,
          include: ["tests/viewers/**/*.test.ts"],
          testTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "processes",
          setupFiles,
          include: ["tests/processes/**/*.test.ts"],
          globalSetup: ["tests/processes/harness/setup.ts"],
          testTimeout: 120_000,
          // Most of them wait for processes.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "runtimes",
          include: ["tests/runtimes/**/*.test.ts"],
          exclude: isComplete ? [] : ["tests/runtimes/browsers.test.ts"],
          globalSetup: ["tests/runtimes/setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 240_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
