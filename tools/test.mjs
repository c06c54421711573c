// `npm test`: sets up what is missing, builds, and runs all tests. Ends with one line: N passed, N failed, N skipped.
// `npm run test:soak` (`--soak`) runs the fault tests with full repetitions and sizes.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromiumPath } from "./lib/chromium.mjs";
import { ensureBuilt, installDebian } from "./lib/install.mjs";
import { ensureRerun } from "./lib/python.mjs";
import { isCi, run } from "./lib/run.mjs";
import { ensureVulkan } from "./lib/vulkan.mjs";

const env = process.argv.includes("--soak") ? { RERUN_TS_SOAK: "1" } : {};
const reports = await mkdtemp(join(tmpdir(), "rerun-ts-reports-"));

await ensureBuilt();
const { check } = await import("./check.mjs");
const missing = {
  rerun: (await ensureRerun()).missing,
  chromium: (await ensureChromium()) ? undefined : "Chromium is not there: install it, or name it in CHROMIUM",
  vulkan: (await ensureVulkan()) ? undefined : "there is no Vulkan driver: install mesa-vulkan-drivers and libvulkan1",
};

/** Each suite, and what it cannot do without. Suites that only need `rerun` for some tests skip those by themselves. */
const SUITES = [
  { name: "checks", perform: checks },
  { name: "unit and contract tests, Node", perform: () => vitest("node") },
  { name: "conformance with the real Rerun", perform: () => vitest("conformance") },
  { name: "golden recordings", perform: () => vitest("golden") },
  { name: "processes and faults", perform: () => vitest("processes") },
  { name: "unit and contract tests, Chromium", needs: ["chromium"], perform: () => vitest("browser") },
  { name: "pages in Chromium", needs: ["chromium"], perform: playwright },
  { name: "the real viewers", needs: ["rerun"], perform: () => vitest("viewers") },
];

const total = { passed: 0, failed: 0, skipped: 0 };
for (const { name, needs = [], perform } of SUITES) {
  console.log(`\n── ${name} ${"─".repeat(Math.max(0, 70 - name.length))}`);
  const started = Date.now();
  const reason = needs.map((need) => missing[need]).find((text) => text !== undefined);
  const counts = reason === undefined ? await perform() : withoutRunning(name, reason);
  for (const key of Object.keys(total)) total[key] += counts[key];
  const { passed, failed, skipped } = counts;
  console.log(
    `${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${Math.round((Date.now() - started) / 1000)} s)`,
  );
}
await rm(reports, { recursive: true });
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

/** Where CI=true everything is required; elsewhere a suite that cannot run counts as one that was skipped. */
function withoutRunning(name, reason) {
  console.log(`${isCi ? "FAILED" : "skipped"}: ${name}: ${reason}`);
  return isCi ? { passed: 0, failed: 1, skipped: 0 } : { passed: 0, failed: 0, skipped: 1 };
}

async function checks() {
  const results = await check();
  const failed = results.filter(({ passed }) => !passed).length;
  return { passed: results.length - failed, failed, skipped: 0 };
}

async function vitest(project) {
  const file = join(reports, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { code } = await run("npx", ["--no-install", "vitest", "run", "--project", project, ...reporters], { env });
  const report = await readReport(file);
  if (report === undefined) return crashed(code);
  const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests } = report;
  // A file that cannot even be loaded has no failed test.
  const failed = numFailedTests === 0 && code !== 0 ? Math.max(1, report.numFailedTestSuites) : numFailedTests;
  return { passed, failed, skipped: numPendingTests + numTodoTests };
}

async function playwright() {
  const file = join(reports, "playwright.json");
  const { code } = await run("npx", ["--no-install", "playwright", "test", "--reporter=list,json"], {
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  });
  const report = await readReport(file);
  if (report === undefined) return crashed(code);
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected + flaky, failed: unexpected === 0 && code !== 0 ? 1 : unexpected, skipped };
}

function crashed(code) {
  console.log(`FAILED: the tests did not run (exit code ${code})`);
  return { passed: 0, failed: 1, skipped: 0 };
}

async function readReport(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}

async function ensureChromium() {
  return chromiumPath() !== undefined || ((await installDebian(["chromium"])) && chromiumPath() !== undefined);
}
