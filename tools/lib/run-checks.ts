import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run, type RunResult } from "@rerun-ts/test-support/node/run";
import { runNpm, runTypeScript } from "@rerun-ts/test-support/node/run-bin";
import { runLanes } from "./run-lanes.ts";

const PREFIX = "check:";
/** Checks at the same time. */
const LANES = 2;
/** The compiler and the linter are in Go. Their memory is collected less often, which takes a fifth less time. */
const ENVIRONMENT = { GOGC: "400" };

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
}

/**
 * Runs all scripts of package.json whose names begin with `check:`, two at the same time, and prints the output of
 * failed scripts. Build first.
 */
export async function runChecks(print: (text: string) => void = console.log): Promise<readonly CheckResult[]> {
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    scripts: Readonly<Record<string, string>>;
  };
  const names = Object.keys(scripts).filter((name) => name.startsWith(PREFIX));
  const results: CheckResult[] = [];
  const check = async (name: string): Promise<void> => {
    const { code, output } = await runScript(name, scripts[name] ?? "");
    const passed = code === 0;
    print(`${passed ? "ok     " : "FAILED "} ${name.slice(PREFIX.length)}`);
    if (!passed) print(output.trim() || `exit code ${code}`);
    results.push({ name, passed });
  };
  await runLanes(
    names.map((name) => ({ name, run: () => check(name) })),
    LANES,
  );
  return results;
}

/** Runs a script of package.json as npm does, without the time that npm takes. */
function runScript(name: string, script: string): Promise<RunResult> {
  if (process.platform === "win32") return runNpm(["run", "--silent", name], { capture: true, env: ENVIRONMENT });
  const [program, ...args] = script.split(" ");
  // The command `tsx` is a process of its own, which starts this one.
  if (program === "tsx") return runTypeScript(args, { capture: true, env: ENVIRONMENT });
  const PATH = [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter);
  return run("sh", ["-c", script], { capture: true, env: { ...ENVIRONMENT, PATH } });
}
