// The entry point `@rerun-ts/testing/vitest-reporter`, for the option `reporters` of Vitest.
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import type { Reporter, TestCase, Vitest } from "vitest/node";
import { ReporterOutput, type ReporterOptions } from "./reporter-output.ts";
import { fileNameOf, TestRecording } from "./test-recording.ts";

/** A line that a test has printed. */
interface PrintedLine {
  readonly timeMs: number;
  readonly text: string;
  readonly isError: boolean;
}

/**
 * A reporter of Vitest that records each failed test: its output, its errors with their source lines, its annotations,
 * and their images.
 *
 * @example
 * const reporters = ["default", ["@rerun-ts/testing/vitest-reporter", { outputFolder: "rerun-recordings" }]];
 */
export default class RerunReporter implements Reporter {
  readonly #options: ReporterOptions;
  readonly #printed = new Map<string, PrintedLine[]>();
  #output: ReporterOutput;
  #base = process.cwd();

  /** @throws {TypeError} if an option is wrong */
  constructor(options: ReporterOptions = {}) {
    this.#options = options;
    this.#output = new ReporterOutput(options, this.#base);
  }

  /** Called by Vitest at the start. */
  onInit({ config }: Vitest): void {
    this.#base = config.root;
  }

  /** Called by Vitest before each run, also those of the watch mode. */
  onTestRunStart(): void {
    this.#output = new ReporterOutput(this.#options, this.#base);
  }

  /** Called by Vitest with the output of a test. */
  onUserConsoleLog({ content, type, taskId, time }: Parameters<NonNullable<Reporter["onUserConsoleLog"]>>[0]): void {
    if (taskId === undefined) return;
    const lines = this.#printed.get(taskId) ?? [];
    lines.push({ timeMs: time, text: content, isError: type === "stderr" });
    this.#printed.set(taskId, lines);
  }

  /** Called by Vitest after each test. */
  onTestCaseResult(test: TestCase): void {
    const lines = this.#printed.get(test.id) ?? [];
    this.#printed.delete(test.id);
    const { state } = test.result();
    if (state === "skipped" || (state !== "failed" && !this.#output.recordsAll)) return;
    const file = relative(this.#base, test.module.moduleId);
    const fileName = fileNameOf([test.project.name, file, test.fullName]);
    this.#output.add(fileName, (path) => this.#record(path, file, test, lines));
  }

  /** Called by Vitest after all tests. */
  async onTestRunEnd(): Promise<void> {
    await this.#output.finish();
  }

  async #record(path: string, file: string, test: TestCase, lines: readonly PrintedLine[]): Promise<readonly string[]> {
    const { startTime = Date.now(), duration = 0 } = test.diagnostic() ?? {};
    const { state, errors = [] } = test.result();
    const endMs = startTime + duration;
    const line = test.location === undefined ? "" : `:${test.location.line}`;
    const recording = new TestRecording("vitest", path, {
      title: [file, ...test.fullName.split(" > ")],
      location: `${file}${line}`,
      status: state,
      startMs: startTime,
      durationMs: duration,
      errors: errors.map(({ message, stack, diff }) => [stack ?? message, diff].join("\n")),
    });
    for (const { timeMs, text, isError } of lines) recording.text("/output", timeMs, text, isError ? "WARN" : "INFO");
    for (const { message, stacks } of errors) {
      const [frame] = stacks ?? [];
      const place = frame === undefined ? "" : `  ${relative(this.#base, frame.file)}:${frame.line}`;
      recording.error(endMs, message, place);
    }
    for (const { message, attachment } of test.annotations()) {
      const isImage = /^image\/(?:png|jpeg)$/.test(attachment?.contentType ?? "");
      const from = attachment?.path;
      if (isImage && from !== undefined) recording.image("/screenshots", endMs, await readFile(from));
      else recording.text("/annotations", endMs, message, "INFO");
    }
    recording.number("/timings/test_ms", endMs, duration);
    await recording.save();
    return [];
  }
}
