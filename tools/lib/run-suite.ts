import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { JSONReport, JSONReportSuite } from "@playwright/test/reporter";
import { root } from "@rerun-ts/test-support/node/environment";
import { runBin } from "@rerun-ts/test-support/node/run-bin";
import type { RunResult } from "@rerun-ts/test-support/node/run";
import type { JsonTestResults } from "vitest/reporters";

/** The number of lines of an error that a report keeps. */
const REASON_LINES = 12;

/** The outcome of a suite. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The tests that failed. */
  readonly failures?: readonly Failure[];
}

/** A test that failed. */
export interface Failure {
  /** Its file, or a file and line for Playwright. */
  readonly file: string;
  /** The titles of its groups and its own. Empty if the file could not be loaded. */
  readonly title: string;
  /** The first lines of the error. */
  readonly reason: string;
}

export interface SuiteOptions {
  /** Environment variables to add. */
  readonly env: NodeJS.ProcessEnv;
  /** Receives the output when the suite has ended. Default: it is printed while the suite runs. */
  readonly print?: ((text: string) => void) | undefined;
  /** The tests to run, maybe beside others. Default: all. */
  readonly only?: readonly Failure[] | undefined;
}

/** Runs projects of vite.config.ts. */
export async function runVitest(project: string | readonly string[], options: SuiteOptions): Promise<Counts> {
  return (await vitestResults(project, options)).counts;
}

/** Runs projects of vite.config.ts. Returns also the results of the single tests, if it could run. */
export async function vitestResults(
  project: string | readonly string[],
  { env, print, only = [] }: SuiteOptions,
): Promise<{ readonly counts: Counts; readonly results: JsonTestResults | undefined }> {
  const files = only.map((failure) => failure.file);
  const { code, output, report } = await withReport((reportFile) => {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
    const capture = print !== undefined;
    const projects = [project].flat().map((name) => `--project=${name}`);
    const titles = only.some(({ title }) => title === "") ? [] : only.map(({ title }) => escapePattern(title));
    const names = titles.length > 0 ? ["-t", `^(${titles.join("|")})$`] : [];
    return runBin("vitest", "vitest", ["run", ...projects, ...reporters, ...names, ...files], { env, capture });
  });
  print?.(output);
  if (report === undefined) return { counts: crashed(code, print), results: undefined };
  const results = report as JsonTestResults;
  const { numPassedTests: passed, numFailedTests, numFailedTestSuites, numPendingTests, numTodoTests } = results;
  // A file that cannot even be loaded has no failed test.
  const failed = numFailedTests === 0 && code !== 0 ? Math.max(1, numFailedTestSuites) : numFailedTests;
  const skipped = numPendingTests + numTodoTests;
  return { counts: { passed, failed, skipped, failures: vitestFailures(results) }, results };
}

/** Runs the tests of playwright.config.ts. */
export async function runPlaywright({ env, print, only = [] }: SuiteOptions): Promise<Counts> {
  // Whole files: in some of them a test needs those before it.
  const files = [...new Set(only.map(({ file }) => file.replace(/:\d+$/u, "")))];
  const { code, output, report } = await withReport((reportFile) =>
    runBin(
      "@playwright/test",
      "playwright",
      ["test", "--reporter=list,json,@rerun-ts/testing/playwright-reporter", ...files],
      {
        env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: reportFile },
        capture: print !== undefined,
      },
    ),
  );
  print?.(output);
  if (report === undefined) return crashed(code, print);
  const { stats, suites } = report as JSONReport;
  const { expected, unexpected, flaky, skipped } = stats;
  const failed = unexpected === 0 && code !== 0 ? 1 : unexpected;
  return { passed: expected + flaky, failed, skipped, failures: suites.flatMap(playwrightFailures) };
}

function vitestFailures({ testResults }: JsonTestResults): readonly Failure[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === "failed");
    // A file that cannot be loaded has a message of its own.
    if (failed.length === 0 && status === "failed") return [{ file, title: "", reason: firstLines(message) }];
    return failed.map(({ fullName, failureMessages }) => ({
      file,
      title: fullName,
      reason: firstLines(failureMessages?.[0]),
    }));
  });
}

function playwrightFailures({ specs, suites = [] }: JSONReportSuite): readonly Failure[] {
  const failed = specs.filter(({ ok }) => !ok);
  const own = failed.map(({ file, line, title, tests }) => {
    const error = tests.flatMap(({ results }) => results).find((result) => result.error !== undefined)?.error;
    return { file: `${file}:${line}`, title, reason: firstLines(error?.message) };
  });
  return [...own, ...suites.flatMap(playwrightFailures)];
}

function firstLines(message = "no message"): string {
  const lines = stripVTControlCharacters(message).trimEnd().split("\n");
  return lines
    .filter((line) => !/^\s+at .*(?:node_modules|node:internal|new Promise)/u.test(line))
    .slice(0, REASON_LINES)
    .join("\n");
}

function escapePattern(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/gu, String.raw`\$&`);
}

/** Runs something that writes a report to a file; returns `undefined` as the report if nothing wrote the file. */
export async function withReport(
  run: (file: string) => Promise<RunResult>,
): Promise<RunResult & { readonly report: unknown }> {
  const folder = await mkdtemp(join(tmpdir(), "rerun-ts-report-"));
  try {
    const file = join(folder, "report.json");
    const result = await run(file);
    const text = await readFile(file, "utf8").catch(() => undefined);
    return { ...result, report: text === undefined ? undefined : (JSON.parse(text) as unknown) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function crashed(code: number, print: (text: string) => void = console.log): Counts {
  print(`FAILED: the tests did not run (exit code ${code})`);
  return { passed: 0, failed: 1, skipped: 0 };
}
