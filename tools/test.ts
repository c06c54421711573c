// `npm test`: installs what is missing, builds, and runs all tests. Ends with a line: N passed, N failed, N skipped.
// `npm run test:soak` (`--soak`) runs the fault tests with full repetitions and sizes.
import { isCi } from "@rerun-ts/test-support/node/environment";
import { ensureChromium } from "@rerun-ts/test-support/setup/chromium";
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";
import { ensureVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { buildPackages } from "./lib/build-packages.ts";
import { runChecks } from "./lib/run-checks.ts";
import { runPlaywright, runVitest, type Counts } from "./lib/run-suite.ts";

/** A part of the tests. */
interface Suite {
  readonly name: string;
  /** Why it cannot run. Suites that need Rerun for some tests only skip those by themselves. */
  readonly missing?: string | undefined;
  run(this: void): Promise<Counts>;
}

const env: NodeJS.ProcessEnv = process.argv.includes("--soak") ? { RERUN_TS_SOAK: "1" } : {};

await buildPackages({ clean: true });
const rerun = await ensureRerun();
const noRerun = "missing" in rerun ? rerun.missing : undefined;
const noChromium = (await ensureChromium()) ? undefined : "Chromium is not installed; CHROMIUM may name its path";
if (!(await ensureVulkan())) console.log("There is no Vulkan driver: install mesa-vulkan-drivers and libvulkan1");

const SUITES: readonly Suite[] = [
  { name: "checks", run: countChecks },
  { name: "unit and contract tests, Node", run: () => runVitest("node", env) },
  { name: "conformance with the real Rerun", run: () => runVitest("conformance", env) },
  { name: "golden recordings", run: () => runVitest("golden", env) },
  { name: "processes and faults", run: () => runVitest("processes", env) },
  { name: "Node 22 and 24, Bun, Deno, workerd", run: () => runVitest("runtimes", env) },
  { name: "unit and contract tests, Chromium", missing: noChromium, run: () => runVitest("browser", env) },
  { name: "pages in Chromium", missing: noChromium, run: () => runPlaywright(env) },
  { name: "the real viewers", missing: noRerun, run: () => runVitest("viewers", env) },
];

const total = { passed: 0, failed: 0, skipped: 0 };
for (const suite of SUITES) {
  console.log(`\n── ${suite.name} ${"─".repeat(Math.max(0, 70 - suite.name.length))}`);
  const started = Date.now();
  const { passed, failed, skipped } = suite.missing === undefined ? await suite.run() : withoutRunning(suite);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`${suite.name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds} s)`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

async function countChecks(): Promise<Counts> {
  const results = await runChecks();
  const failed = results.filter(({ passed }) => !passed).length;
  return { passed: results.length - failed, failed, skipped: 0 };
}

/** A suite that cannot run counts as one failed test in CI, where everything is required, and as skipped elsewhere. */
function withoutRunning({ name, missing }: Suite): Counts {
  console.log(`${isCi ? "FAILED" : "skipped"}: ${name}: ${missing}`);
  return isCi ? { passed: 0, failed: 1, skipped: 0 } : { passed: 0, failed: 0, skipped: 1 };
}
