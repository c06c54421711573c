import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";

/** The real `rerun` program. */
export interface Rerun {
  readonly path: string;
  /** Runs `rerun` and returns what it printed. @throws if it fails, with its output. */
  run(...args: readonly string[]): Promise<string>;
}

/** The real `rerun`, or the reason why it is missing. */
export async function findRealRerun(): Promise<Rerun | { readonly missing: string }> {
  const found = await ensureRerun();
  if ("missing" in found) return { missing: found.missing ?? "unknown" };
  const path = found.rerun;
  return {
    path,
    async run(...args) {
      const { stdout, stderr } = await promisify(execFile)(path, args, { maxBuffer: 2 ** 28 });
      return stdout + stderr;
    },
  };
}
