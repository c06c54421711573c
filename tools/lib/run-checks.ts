import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { runNpm } from "@rerun-ts/test-support/node/run-bin";

const PREFIX = "check:";

/** The result of one check. */
export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
}

/**
 * Runs all scripts of package.json whose names begin with `check:`, one after another, and prints the output of those
 * that fail. Build first.
 */
export async function runChecks(): Promise<readonly CheckResult[]> {
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { scripts: object };
  const results: CheckResult[] = [];
  for (const script of Object.keys(scripts).filter((name) => name.startsWith(PREFIX))) {
    const { code, output } = await runNpm(["run", "--silent", script], { capture: true });
    const passed = code === 0;
    console.log(`${passed ? "ok     " : "FAILED "} ${script.slice(PREFIX.length)}`);
    if (!passed) console.log(output.trim() || `exit code ${code}`);
    results.push({ name: script, passed });
  }
  return results;
}
