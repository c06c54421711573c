import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { run } from "../node/run.ts";

/** Without inlining and debug information a program is built in three quarters of the time. */
const FAST_BUILD = ["-gcflags=all=-l", "-ldflags=-s -w"];

/**
 * Builds a program with Go, where there is Go.
 *
 * @param module the module of the program, with its version
 * @param path the path for the program
 * @returns whether it was built
 */
export async function installGoProgram(module: string, path: string): Promise<boolean> {
  if ((await run("go", ["version"], { capture: true })).code !== 0) return false;
  console.log(`Building ${module} in .cache, which takes minutes …`);
  const draft = `${path}-${process.pid}`;
  const env = { GOBIN: draft, CGO_ENABLED: "0" };
  const { code, output } = await run("go", ["install", ...FAST_BUILD, module], { capture: true, env });
  if (code !== 0) console.warn(`${module} cannot be built: ${output.trim().split("\n").at(-1)}`);
  else {
    await mkdir(dirname(path), { recursive: true });
    // Other programs may build it at the same time.
    await rename(join(draft, basename(path)), path);
  }
  await rm(draft, { recursive: true, force: true });
  return code === 0;
}
