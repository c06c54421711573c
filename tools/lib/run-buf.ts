import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const MODULES = join(import.meta.dirname, "../../node_modules");
/** The program that the script of `@bufbuild/buf` starts. Some platforms have it under another name. */
const PROGRAM = join(MODULES, `@bufbuild/buf-${process.platform}-${process.arch}/bin/buf`);
const SCRIPT = join(MODULES, "@bufbuild/buf/bin/buf");

/** Runs buf with the plugins of this repository, without `npx`, which takes a second. Returns the output. */
export async function runBuf(args: readonly string[], cwd?: string): Promise<string> {
  const env = { ...process.env, PATH: [join(MODULES, ".bin"), process.env["PATH"]].join(delimiter) };
  const [program, ...first] = existsSync(PROGRAM) ? ([PROGRAM] as const) : ([process.execPath, SCRIPT] as const);
  const { stdout } = await promisify(execFile)(program, [...first, ...args], { cwd, env, maxBuffer: 2 ** 28 });
  return stdout;
}
