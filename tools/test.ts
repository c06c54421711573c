// `npm test`: installs missing parts, builds, and runs the checks and all tests, some suites at a time. The output of a
// suite is printed when it ends. Ends with a line: N passed, N failed, N skipped. `npm run test:soak` (`--soak`) runs
// the fault tests with full repetitions and sizes; `--only viewers,golden` runs some suites.
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { runNpm } from "@rerun-ts/test-support/node/run-bin";
import { packForAll } from "@rerun-ts/test-support/packages/pack";
import { installForAll } from "@rerun-ts/test-support/packages/packed-project";
import { ensureChromium } from "@rerun-ts/test-support/setup/chromium";
import { ensureNatsServer } from "@rerun-ts/test-support/setup/nats";
import { ensurePrometheus } from "@rerun-ts/test-support/setup/prometheus";
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";
import { ensureS3Server } from "@rerun-ts/test-support/setup/s3-server";
import { ensureVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { ensureWebViewer } from "@rerun-ts/test-support/setup/web-viewer";
import { BUILT, buildPackages } from "./lib/build-packages.ts";
import { runChecks } from "./lib/run-checks.ts";
import { runLanes } from "./lib/run-lanes.ts";
import { API } from "./site/folders.ts";
import { runPlaywright, runVitest, type Counts, type Failure, type SuiteOptions } from "./lib/run-suite.ts";

/** A part of the tests. */
interface Suite {
  /** Its name for `--only`. */
  readonly id: string;
  readonly name: string;
  /** Why it cannot run. Suites that need Rerun for some tests only skip those by themselves. */
  readonly missing?: string | undefined;
  /** The suite that must have ended before. */
  readonly after?: string;
  run(this: void, options: SuiteOptions): Promise<Counts>;
}

/** A suite that has ended. */
interface Ended extends Counts {
  readonly name: string;
  readonly seconds: number;
  /** The tests that failed beside other work and then passed alone. */
  readonly unstable?: readonly Failure[];
}

/** Suites at a time. Each uses up to two cores, but waits in between, for processes, viewers and pages to start. */
const LANES = 3;
/** How often the suites that run are named. */
const PROGRESS_MS = 30_000;
const CHECKS = "checks";
/** The suites that install the packages as they are published. */
const WITH_INSTALLED: readonly string[] = ["pages", "viewers", "runtimes"];
/** The suites that install or inspect them. */
const WITH_PACKED: readonly string[] = [CHECKS, ...WITH_INSTALLED];
/** The most tests that are run again alone. More than that is not an accident. */
const MOST_AGAIN = 12;

const { values: flags } = parseArgs({ options: { soak: { type: "boolean" }, only: { type: "string" } } });
const env: NodeJS.ProcessEnv = flags.soak ? { RERUN_TS_SOAK: "1" } : {};

// At the same time, because some of it waits for downloads. Tests look for these programs again, and two suites would
// otherwise install them at the same time.
const [rerun, hasChromium, noWebViewer, hasVulkan] = await Promise.all([
  ensureRerun(),
  ensureChromium(),
  ensureWebViewer().then(
    () => undefined,
    (error: unknown) => String(error),
  ),
  ensureVulkan(),
  ensureNatsServer(),
  ensurePrometheus(),
  ensureS3Server(),
  buildPackages(),
]);
process.env[BUILT] = "1";
const noRerun = "missing" in rerun ? rerun.missing : undefined;
const noChromium = hasChromium ? undefined : "Chromium is not installed; CHROMIUM may name its path";
if (!hasVulkan) console.log("There is no Vulkan driver: install mesa-vulkan-drivers and libvulkan1");

/**
 * The longest first, so that all lanes end together. The checks write the API reference, which pages of the site need.
 * The tests in Chromium mostly wait for time limits, beside suites that compute.
 */
const SUITES: readonly Suite[] = [
  { id: CHECKS, name: CHECKS, run: countChecks },
  { id: "pages", name: "pages in Chromium", missing: noChromium ?? noWebViewer, after: CHECKS, run: runPages },
  vitestSuite("processes and faults", "processes"),
  { ...vitestSuite("unit and contract tests, Chromium", "browser"), missing: noChromium },
  vitestSuite("unit and contract tests, Node", "node", ["unit", "node"]),
  { ...vitestSuite("the real viewers", "viewers"), missing: noRerun },
  vitestSuite("conformance with the real Rerun", "conformance"),
  vitestSuite("Node 22, 24 and 26, Bun, Deno, workerd", "runtimes"),
  vitestSuite("golden recordings", "golden"),
];

const started = Date.now();
const running = new Map<string, number>();
const ended: Ended[] = [];
const progress = setInterval(() => {
  const names = Array.from(running, ([name, since]) => `${name} (${secondsSince(since)} s)`);
  console.log(`… ${secondsSince(started)} s; running: ${names.join(", ")}`);
}, PROGRESS_MS);
const chosen = chooseSuites(flags.only);
const packing = chosen.some(({ id }) => WITH_PACKED.includes(id)) ? packForAll() : undefined;
const installing = chosen.some(({ id }) => WITH_INSTALLED.includes(id)) ? packing?.then(installForAll) : undefined;
const runs = chosen.map((suite) => ({ ...suite, run: () => runSuite(suite) }));
await runLanes(runs, LANES);
await runFailedAgain();
clearInterval(progress);

console.log(`\n── summary ${"─".repeat(60)}`);
const total = { passed: 0, failed: 0, skipped: 0 };
for (const { name } of chosen) {
  for (const suite of ended.filter((one) => one.name === name)) {
    total.passed += suite.passed;
    total.failed += suite.failed;
    total.skipped += suite.skipped;
    console.log(describe(suite));
  }
}
// Repeats the failures here: the lines between this place and the suite can be megabytes, and a log of CI may be cut
// there.
for (const { failures = [], unstable = [] } of ended) {
  for (const failure of failures) console.log(`FAILED: ${textOf(failure)}`);
  for (const failure of unstable) console.log(`FAILED once, then passed alone: ${textOf(failure)}`);
}
console.log(`all of it: ${secondsSince(started)} s`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

/** Runs a suite, and prints its output when it has ended. */
async function runSuite(suite: Suite): Promise<void> {
  const since = Date.now();
  const lines: string[] = [];
  const print = (text: string): void => void lines.push(text);
  running.set(suite.name, since);
  if (WITH_PACKED.includes(suite.id)) await packing;
  if (WITH_INSTALLED.includes(suite.id)) await installing;
  const options = { env, print };
  const counts = suite.missing === undefined ? await suite.run(options) : withoutRunning(suite, print);
  running.delete(suite.name);
  const result = { name: suite.name, seconds: secondsSince(since), ...counts };
  ended.push(result);
  console.log(`\n── ${suite.name} ${"─".repeat(Math.max(0, 70 - suite.name.length))}`);
  for (const text of lines) console.log(text.trimEnd());
  console.log(describe(result));
}

/**
 * Runs failed tests once more, each suite alone, because a browser or a viewer may reach a time limit on a busy machine
 * only. Tests that pass now count as passed, and the summary still names them with their error.
 */
async function runFailedAgain(): Promise<void> {
  const failed = ended.flatMap(({ failures = [] }) => failures);
  if (failed.length === 0 || failed.length > MOST_AGAIN) return;
  const print = (text: string): void => console.log(text.trimEnd());
  for (const [index, result] of ended.entries()) {
    const { name, failures = [] } = result;
    const suite = chosen.find((one) => one.name === name);
    if (suite === undefined || suite.id === CHECKS || failures.length === 0 || failures.length !== result.failed)
      continue;
    console.log(`\n── again, alone: ${name} ${"─".repeat(Math.max(0, 57 - name.length))}`);
    const again = await suite.run({ env, print, only: failures });
    const remaining = failures.filter((failure) => again.failures?.some((other) => isSame(failure, other)));
    const unstable = failures.filter((failure) => !remaining.includes(failure));
    // A suite may not have run some of the tests at all.
    if (again.failed > remaining.length || again.passed < unstable.length) continue;
    const passed = result.passed + unstable.length;
    ended[index] = { ...result, passed, failed: remaining.length, failures: remaining, unstable };
  }
}

function isSame(one: Failure, other: Failure): boolean {
  return one.file === other.file && one.title === other.title;
}

function textOf({ file, title, reason }: Failure): string {
  return [`${file} > ${title}`, ...reason.split("\n")].join("\n    ");
}

/** The suites that `--only` names, all if it is missing. Throws if there is no such suite. */
function chooseSuites(only: string | undefined): readonly Suite[] {
  if (only === undefined) return SUITES;
  const ids = only.split(",");
  const known = SUITES.map(({ id }) => id);
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new Error(`--only must name some of ${known.join(", ")}, got ${unknown.join(", ")}`);
  return SUITES.filter(({ id }) => ids.includes(id));
}

/** Runs the tests of pages. The tests of the site need the API reference, which the checks write. */
async function runPages(options: SuiteOptions): Promise<Counts> {
  if (!existsSync(API)) await runNpm(["run", "check:api"], { capture: true });
  return await runPlaywright(options);
}

function vitestSuite(name: string, id: string, projects: readonly string[] = [id]): Suite {
  return { id, name, run: (options) => runVitest(projects, options) };
}

async function countChecks({ print }: SuiteOptions): Promise<Counts> {
  const results = await runChecks(print);
  const failures = results
    .filter(({ passed }) => !passed)
    .map(({ name }) => ({ file: `npm run ${name}`, title: "its output is above", reason: "" }));
  return { passed: results.length - failures.length, failed: failures.length, skipped: 0, failures };
}

/** A suite that cannot run counts as one failed test in CI, where everything is required, and as skipped elsewhere. */
function withoutRunning({ name, missing }: Suite, print: (text: string) => void): Counts {
  print(`${isCi ? "FAILED" : "skipped"}: ${name}: ${missing}`);
  return isCi ? { passed: 0, failed: 1, skipped: 0 } : { passed: 0, failed: 0, skipped: 1 };
}

function describe({ name, passed, failed, skipped, seconds }: Ended): string {
  return `${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds} s)`;
}

function secondsSince(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}
