// The entry point `@rerun-ts/testing/playwright-reporter`, for the option `reporter` of Playwright.
import { readFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import type { FullConfig, Reporter, TestCase, TestResult, TestStep } from "@playwright/test/reporter";
import { logTrace } from "./playwright-trace.ts";
import { ReporterOutput, type ReporterOptions } from "./reporter-output.ts";
import { fileNameOf, TestRecording } from "./test-recording.ts";

/** A line that a test has printed. */
interface PrintedLine {
  readonly timeMs: number;
  readonly text: string;
  readonly isError: boolean;
}

const SHOWN_CATEGORIES = new Set(["test.step", "expect", "pw:api", "hook", "test.attach"]);

/**
 * A reporter of Playwright that records each failed test: its steps with their source lines, its output, its errors,
 * and its images. With the option `trace` of Playwright, which needs the package `fflate`, the recording also has the
 * console, the requests and the frames of its pages.
 *
 * @example
 * const reporter = [["list"], ["@rerun-ts/testing/playwright-reporter", { outputFolder: "rerun-recordings" }]];
 */
export default class RerunReporter implements Reporter {
  readonly #options: ReporterOptions;
  readonly #printed = new WeakMap<TestResult, PrintedLine[]>();
  #output: ReporterOutput;
  #base = process.cwd();

  /** @throws {TypeError} if an option is wrong */
  constructor(options: ReporterOptions = {}) {
    this.#options = options;
    this.#output = new ReporterOutput(options, this.#base);
  }

  /** Called by Playwright before the tests. */
  onBegin({ configFile, rootDir }: FullConfig): void {
    this.#base = configFile === undefined ? rootDir : dirname(configFile);
    this.#output = new ReporterOutput(this.#options, this.#base);
  }

  /** Called by Playwright with the output of a test. */
  onStdOut(chunk: string | Buffer, _test?: TestCase, result?: TestResult): void {
    this.#print(chunk, false, result);
  }

  /** Called by Playwright with the error output of a test. */
  onStdErr(chunk: string | Buffer, _test?: TestCase, result?: TestResult): void {
    this.#print(chunk, true, result);
  }

  /** Called by Playwright after each run of a test. */
  onTestEnd(test: TestCase, result: TestResult): void {
    const hasFailed = result.status !== "skipped" && result.status !== test.expectedStatus;
    if (!hasFailed && !this.#output.recordsAll) return;
    const title = test.titlePath().filter((part) => part !== "");
    const runs = { repeat: test.repeatEachIndex, retry: result.retry };
    const numbers = Object.entries(runs).flatMap(([name, count]) => (count === 0 ? [] : [`${name}${count}`]));
    const fileName = fileNameOf([...title, ...numbers]);
    this.#output.add(fileName, (path) => this.#record(path, title, test, result));
  }

  /** Called by Playwright after all tests. */
  async onEnd(): Promise<void> {
    await this.#output.finish();
  }

  /** Whether another reporter is needed to show the tests. */
  printsToStdio(): boolean {
    return false;
  }

  #print(chunk: string | Buffer, isError: boolean, result: TestResult | undefined): void {
    if (result === undefined) return;
    const lines = this.#printed.get(result) ?? [];
    lines.push({ timeMs: Date.now(), text: String(chunk), isError });
    this.#printed.set(result, lines);
  }

  async #record(
    path: string,
    title: readonly string[],
    test: TestCase,
    result: TestResult,
  ): Promise<readonly string[]> {
    const startMs = result.startTime.getTime();
    const endMs = startMs + result.duration;
    const recording = new TestRecording("playwright", path, {
      title,
      location: this.#place(test.location),
      status: result.status,
      startMs,
      durationMs: result.duration,
      errors: result.errors.map((error) => [error.stack ?? error.message ?? error.value, error.snippet].join("\n")),
    });
    const trace = result.attachments.find(({ name, path: file }) => name === "trace" && file !== undefined)?.path;
    // The trace comes first, so that the frames of the pages are the first images.
    const problem = trace === undefined ? undefined : await logTrace(recording, trace);
    for (const step of result.steps) this.#logStep(recording, step, 0);
    for (const { timeMs, text, isError } of this.#printed.get(result) ?? [])
      recording.text("/output", timeMs, text, isError ? "WARN" : "INFO");
    // Errors that belong to no step of the test, such as a time limit.
    for (const { message = "", value = message } of result.errors) recording.error(endMs, value);
    for (const { name, contentType, path: file, body } of result.attachments) {
      if (/^image\/(?:png|jpeg)$/.test(contentType)) {
        const bytes = body ?? (file === undefined ? undefined : await readFile(file));
        if (bytes !== undefined) recording.image(`/screenshots/${name.replaceAll("/", "-")}`, endMs, bytes);
      }
    }
    await recording.save();
    return problem === undefined ? [] : [problem];
  }

  #logStep(recording: TestRecording, step: TestStep, depth: number): void {
    const { category, title, duration, startTime, location, error, steps } = step;
    const startMs = startTime.getTime();
    const isShown = SHOWN_CATEGORIES.has(category);
    if (isShown) {
      const place = location === undefined ? "" : `  ${this.#place(location)}`;
      const text = `${"  ".repeat(depth)}${title} (${duration} ms)${place}`;
      recording.text("/steps", startMs, text, error === undefined ? "INFO" : "ERROR");
      if (depth === 0) recording.number("/timings/step_ms", startMs, duration);
      if (error !== undefined && steps.every((inner) => inner.error === undefined))
        recording.error(startMs + duration, error.message ?? "", location && `  ${this.#place(location)}`);
    }
    for (const inner of steps) this.#logStep(recording, inner, isShown ? depth + 1 : depth);
  }

  #place({ file, line }: { readonly file: string; readonly line: number }): string {
    return `${relative(this.#base, file)}:${line}`;
  }
}
