import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./environment.ts";
import { run, type RunOptions, type RunResult } from "./run.ts";

/** Runs a program of an installed package with this Node: `runBin("typescript", "tsc", ["-b"])`. */
export function runBin(
  packageName: string,
  name: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<RunResult> {
  return run(process.execPath, [binPath(packageName, name), ...args], options);
}

/** Runs a TypeScript program of this repository. */
export function runTypeScript(args: readonly string[], options?: RunOptions): Promise<RunResult> {
  return run(process.execPath, ["--import", "tsx", ...args], options);
}

/** Runs npm: the npm that started this program, or else the npm in the `PATH`. */
export function runNpm(args: readonly string[], options?: RunOptions): Promise<RunResult> {
  const started = process.env["npm_execpath"];
  return started === undefined ? run("npm", args, options) : run(process.execPath, [started, ...args], options);
}

function binPath(packageName: string, name: string): string {
  const folder = join(root, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { bin: string | BinPaths };
  const path = typeof bin === "string" ? bin : bin[name];
  if (path === undefined) throw new Error(`${packageName} has no program ${name}`);
  return join(folder, path);
}

type BinPaths = Readonly<Record<string, string>>;
