import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { test } from "@playwright/test";
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";

/** The real `rerun` program. */
export interface Rerun {
  readonly path: string;
  /** The Python that has its SDK. */
  readonly python: string;
  /** Runs `rerun` and returns its output. @throws if `rerun` fails, with the output. */
  run(...args: readonly string[]): Promise<string>;
}

/** The real `rerun`. Where it is missing the test is skipped, or fails if CI requires it. */
export async function requireRealRerun(): Promise<Rerun> {
  const found = await ensureRerun();
  if ("missing" in found) {
    const reason = found.missing ?? "unknown";
    test.skip(process.env["CI"] !== "true", reason);
    throw new Error(reason);
  }
  const { rerun: path, python } = found;
  return {
    path,
    python,
    async run(...args) {
      const { stdout, stderr } = await promisify(execFile)(path, args, { maxBuffer: 2 ** 28, timeout: 30_000 });
      return stdout + stderr;
    },
  };
}
