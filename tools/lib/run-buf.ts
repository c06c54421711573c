import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const MODULES = join(import.meta.dirname, "../../node_modules");

/** Runs buf with the plugins of this repository, without `npx`, which takes a second. Returns the output. */
export async function runBuf(args: readonly string[], cwd?: string): Promise<string> {
  const env = { ...process.env, PATH: [join(MODULES, ".bin"), process.env["PATH"]].join(delimiter) };
  const program = join(MODULES, "@bufbuild/buf/bin/buf");
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { cwd, env, maxBuffer: 2 ** 28 });
  return stdout;
}
