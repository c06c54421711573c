// `npm run test:runtimes [-- --write]`: installs other runtimes and browsers, and runs all tests in them. `--write`
// updates the table in docs/runtimes.md.
import { isCi } from "@rerun-ts/test-support/node/environment";
import { ensureBrowser, type BrowserName } from "@rerun-ts/test-support/setup/browsers";
import { buildPackages } from "./lib/build-packages.ts";
import { runVitest, vitestResults, type Counts } from "./lib/run-suite.ts";
import { writeRuntimes } from "./lib/runtime-table.ts";

await buildPackages({ clean: true });
/** The unit and contract tests of pages, by the project of vite.config.ts. */
const BROWSERS = { firefox: "Firefox ESR", webkit: "WebKitGTK" } as const;

const env = { RERUN_TS_RUNTIMES: "all" };
const { counts, results } = await vitestResults("runtimes", { env });
if (process.argv.includes("--write") && results !== undefined) await writeRuntimes(results);
const total = { ...counts };
for (const [project, name] of Object.entries(BROWSERS) as [keyof typeof BROWSERS, BrowserName][]) {
  const { passed, failed, skipped } = await runIn(name, project);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  console.log(`unit and contract tests, ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

/**
 * Runs the tests in a browser. A missing browser counts as one failed test in CI, and as one skipped test elsewhere.
 */
async function runIn(name: BrowserName, project: string): Promise<Counts> {
  const missing = await ensureBrowser(name);
  if (missing === undefined) return runVitest(project, { env });
  console.log(`${isCi ? "FAILED" : "skipped"}: ${missing.missing}`);
  return { passed: 0, failed: isCi ? 1 : 0, skipped: isCi ? 0 : 1 };
}
