import { playwright } from "@vitest/browser-playwright";
import { defaultExclude, defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import type { BrowserInstanceOption, BrowserProviderOption, ProjectConfig } from "vitest/node";
import { clickAt } from "./packages/test-support/src/browsers/click-at.ts";
import { testBrowserProvider } from "./packages/test-support/src/browsers/provider.ts";
import { startBrowser } from "./packages/test-support/src/setup/browsers.ts";
import { chromiumLaunchOptions } from "./packages/test-support/src/setup/chromium.ts";
import { sources } from "./packages/test-support/src/setup/sources.ts";
import { isComplete } from "./tests/runtimes/harness/is-complete.ts";

/** What tests need: fast comparisons, and the readers of everything that they take from memory. */
const setupFiles = ["equal-bytes", "read-back"].map((name) => `packages/test-support/src/setup/${name}.ts`);

/** Most tests take milliseconds. Hooks may start programs and browsers. */
const ON_A_BUSY_MACHINE = { testTimeout: 60_000, hookTimeout: 120_000 };

/** Node loads the built packages itself. Vite would transform each of their modules again for each file of tests. */
const BUILT_PACKAGES = { deps: { external: [/\/packages\/[^/]+\/dist\//] } };

/**
 * Modules that these tests import in pages, which Vite bundles at the start as it does for applications: every file of
 * tests would load a thousand modules. A dependency that is found late makes Vite reload the page of running tests.
 */
const PAGE_DEPENDENCIES = [
  "@bufbuild/protobuf",
  "@bufbuild/protobuf/codegenv2",
  "@bufbuild/protobuf/wkt",
  "@connectrpc/connect",
  "@connectrpc/connect-web",
  "@mcap/core",
  "@rerun-ts/blueprint",
  "@rerun-ts/catalog",
  "@rerun-ts/catalog/service",
  "@rerun-ts/core",
  "@rerun-ts/core/checks",
  "@rerun-ts/core/decode",
  "@rerun-ts/core/encode",
  "@rerun-ts/core/integration",
  "@rerun-ts/core/recording",
  "@rerun-ts/core/protobuf",
  "@rerun-ts/core/rrd",
  "@rerun-ts/core/storage",
  "@rerun-ts/core/transport",
  "@rerun-ts/core/util",
  "@rerun-ts/import",
  "@rerun-ts/mcap",
  "@rerun-ts/reading",
  "@rerun-ts/controls",
  "@rerun-ts/controls/element",
  "@rerun-ts/controls/panel",
  "@rerun-ts/controls/protocol",
  "@rerun-ts/three",
  "@rerun-ts/types",
  "@rerun-ts/types/archetype-names",
  "@rerun-ts/types/blueprint",
  "@rerun-ts/types/components",
  "@rerun-ts/types/files",
  "@rerun-ts/types/integration",
  "@rerun-ts/types/media",
  "@rgrove/parse-xml",
  "apache-arrow",
  "fast-check",
  "fzstd",
  "hyparquet",
  "hyparquet-writer",
  "react",
  "react-dom/client",
  "three",
];

const CHROMIUM = {
  launchOptions: chromiumLaunchOptions(),
  // The headless shell does not grant these to every page by itself.
  contextOptions: { permissions: ["accelerometer", "gyroscope", "magnetometer"] },
};

/** Tests that share a process, because they change nothing in it: starting one for each file takes longer than most. */
const UNIT_TESTS = [
  "packages/*/test/{common,logic}/**/*.test.ts",
  "packages/*/test/node/**/*.test.ts",
  "tests/{api,fuzz,simulation,tools}/**/*.test.ts",
];
/** Files of these folders that need a process: they watch it, or take much of its memory. */
const ALONE = [
  "packages/reading/test/node/forgotten-files.test.ts",
  "packages/node/test/node/{file-sink,hung-worker,log-file,receive-memory,relay-abuse,relay-memory,spawn}.test.ts",
  "packages/types/test/node/{hostile-values,huge-values,urdf-size}.test.ts",
];
/** It ends all recordings of its process, also those that other files have left. */
const ENDS_RECORDINGS = "packages/core/test/common/sink-life.test.ts";

/** The unit and contract tests of Node, or a part of them. */
function nodeTests(
  mode: string,
  name: string,
  options: Pick<ProjectConfig, "include" | "exclude" | "isolate">,
): TestProjectInlineConfiguration {
  return {
    plugins: mode === "source" ? [sources()] : [],
    test: {
      name,
      setupFiles,
      server: mode === "source" ? {} : BUILT_PACKAGES,
      env: mode === "source" ? { RERUN_TS_SOURCES: "1" } : {},
      ...ON_A_BUSY_MACHINE,
      // Also where there are two cores: many files wait for time limits.
      maxWorkers: 3,
      ...options,
    },
  };
}

/** The unit and contract tests of pages, in one browser. */
function pageTests(
  name: string,
  folders: string,
  provider: BrowserProviderOption,
  browser: BrowserInstanceOption["browser"],
) {
  return {
    // The packages may have been built since. The workers of `web` are found beside its modules.
    optimizeDeps: {
      include: PAGE_DEPENDENCIES,
      exclude: ["@rerun-io/web-viewer", "@rerun-ts/react", "@rerun-ts/web"],
      force: true,
    },
    test: {
      name,
      setupFiles,
      include: [`packages/*/test/${folders}/**/*.test.ts`],
      ...ON_A_BUSY_MACHINE,
      browser: {
        enabled: true,
        // In Chromium all files share a page, as those of `unit` share a process: loading takes longer than most tests.
        isolate: browser !== "chromium",
        headless: true,
        screenshotFailures: false,
        commands: { clickAt },
        provider,
        instances: [{ browser }],
      },
    },
  };
}

// With `--mode source` the tests on Node take the packages from their sources: see `npm run test:unit`.
export default defineConfig(({ mode }) => ({
  test: {
    projects: [
      nodeTests(mode, "unit", {
        isolate: false,
        include: UNIT_TESTS,
        exclude: [...defaultExclude, ...ALONE, ENDS_RECORDINGS],
      }),
      nodeTests(mode, "node", {
        include: [...ALONE, ENDS_RECORDINGS],
      }),
      // Its JavaScript engine is that of Node: what depends on nothing else is not tested twice.
      pageTests("browser", "{common,browser}", playwright(CHROMIUM), "chromium"),
      pageTests(
        "firefox",
        "{common,logic,browser}",
        testBrowserProvider("firefox", (options) => startBrowser("Firefox ESR", options)),
        "firefox",
      ),
      pageTests(
        "webkit",
        "{common,logic,browser}",
        testBrowserProvider("webkit", (options) => startBrowser("WebKitGTK", options)),
        "webkit",
      ),
      {
        test: {
          name: "conformance",
          // Its files change nothing in their process, which also keeps a Python for the next file.
          isolate: false,
          setupFiles,
          server: BUILT_PACKAGES,
          include: ["tests/{conformance,files-of-others}/**/*.test.ts"],
          globalSetup: ["tests/conformance/setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          name: "golden",
          setupFiles,
          server: BUILT_PACKAGES,
          include: ["tests/golden/**/*.test.ts"],
          globalSetup: ["tests/golden/setup.ts"],
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          name: "viewers",
          setupFiles,
          // They share viewers, and restore everything else that they change in their process.
          isolate: false,
          server: BUILT_PACKAGES,
          include: ["tests/viewers/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "processes",
          setupFiles,
          // They test other processes. In its own one a test restores everything, as in those of `unit`.
          isolate: false,
          server: BUILT_PACKAGES,
          include: ["tests/processes/**/*.test.ts"],
          globalSetup: ["tests/processes/harness/setup.ts"],
          // On a busy machine.
          testTimeout: 240_000,
          hookTimeout: 120_000,
          // Most of them wait for processes.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: "runtimes",
          server: BUILT_PACKAGES,
          isolate: false,
          include: ["tests/runtimes/**/*.test.ts"],
          exclude: isComplete ? [] : ["tests/runtimes/browsers*.test.ts"],
          globalSetup: ["tests/runtimes/setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 240_000,
          maxWorkers: 2,
        },
      },
    ],
  },
}));
