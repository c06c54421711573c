import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../node/environment.ts";
import { runNpm } from "../node/run-bin.ts";
import type { Missing } from "./rerun.ts";

/** The folder of programs that tests install from npm, which git ignores. */
export const PROGRAMS: string = join(root, ".cache/runtimes");

/** A program that is in a package on npm. */
export interface NpmProgram {
  /** The name of its folder in `.cache/runtimes`, with the version. */
  readonly folder: string;
  readonly packageName: string;
  readonly version: string;
  /** The path of the program in the package. */
  readonly path: string;
  /** Checks whether the program works. */
  canRun(this: void, program: string): Promise<boolean>;
}

/** Finds a program in `.cache/runtimes`, or installs its package there. Returns the path of the program. */
export async function ensureNpmProgram(program: NpmProgram): Promise<string | Missing> {
  const { folder, packageName, version, path, canRun } = program;
  const place = join(PROGRAMS, folder);
  const file = join(place, "node_modules", packageName, path);
  if (await canRun(file)) return file;
  console.log(`Installing ${packageName} ${version} in .cache/runtimes …`);
  await mkdir(place, { recursive: true });
  await writeFile(join(place, "package.json"), '{ "private": true }\n');
  const options = ["--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  const install = ["install", ...options, `${packageName}@${version}`];
  const { code, output } = await runNpm(install, { cwd: place, capture: true });
  if (code !== 0) return { missing: `${packageName} ${version} cannot be installed (${output.trim().split("\n")[0]})` };
  return (await canRun(file)) ? file : { missing: `${packageName} ${version} does not run on this system` };
}
