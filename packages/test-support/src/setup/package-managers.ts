import { run } from "../node/run.ts";
import { ensureNpmProgram } from "./npm-program.ts";
import type { Missing } from "./rerun.ts";
import { ensureRuntime } from "./runtimes.ts";

/** Package managers that tests install as JavaScript programs, for this Node. */
const PROGRAMS = {
  pnpm: { packageName: "pnpm", version: "10.34.8", path: "bin/pnpm.cjs" },
  Yarn: { packageName: "@yarnpkg/cli-dist", version: "4.18.1", path: "bin/yarn.js" },
} as const;

/** The name of a package manager. npm is the one of this Node. */
export type PackageManagerName = "npm" | keyof typeof PROGRAMS | "Bun";

/** A package manager: a program, and its first arguments. */
export type PackageManager = readonly [program: string, ...args: string[]];

/** Finds a package manager, or installs it into `.cache/runtimes`. */
export async function ensurePackageManager(name: PackageManagerName): Promise<PackageManager | Missing> {
  if (name === "npm") {
    const started = process.env["npm_execpath"];
    return started === undefined ? ["npm"] : [process.execPath, started];
  }
  if (name === "Bun") {
    const bun = await ensureRuntime(name);
    return "missing" in bun ? bun : [bun.program];
  }
  const { packageName, version, path } = PROGRAMS[name];
  const folder = `${name.toLowerCase()}-${version}`;
  const program = await ensureNpmProgram({ folder, packageName, version, path, canRun });
  return typeof program === "string" ? [process.execPath, program] : program;
}

async function canRun(program: string): Promise<boolean> {
  return (await run(process.execPath, [program, "--version"], { capture: true })).code === 0;
}
