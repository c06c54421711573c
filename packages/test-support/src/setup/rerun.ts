import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { RERUN_VERSION } from "../../../core/src/rerun-version.ts";
import { root } from "../node/environment.ts";
import { run } from "../node/run.ts";
import { installDebian } from "./debian.ts";

/** The real Rerun: Python with Rerun's SDK, and the program `rerun` that comes with it. */
export interface RealRerun {
  /** The path of the Python interpreter. */
  readonly python: string;
  /** The path of the program. */
  readonly rerun: string;
}

/** The reason why something is not available. */
export interface Missing {
  readonly missing: string;
}

const venv = join(root, ".venv");
const python = join(venv, "bin/python");
/** The package that the Python SDK needs to query recordings, and that is optional there. */
const QUERY_ENGINE = "datafusion";

/** Finds the real Rerun, or installs it into a Python environment in `.venv`. */
export async function ensureRerun(version: string = RERUN_VERSION): Promise<RealRerun | Missing> {
  const found = await findRerun(version);
  if (found !== undefined && existsSync(join(await sitePackages(), QUERY_ENGINE))) return found;
  console.log(`Creating a Python environment with rerun-sdk ${version} in .venv (about 400 MB) …`);
  const failure = found === undefined ? await createEnvironment() : undefined;
  if (failure !== undefined) return { missing: `Python 3 with venv is not installed (${failure})` };
  const packages = `rerun-sdk[catalog]==${version}`;
  // Most modules are never imported, and compiling all of them takes longer than the rest.
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", packages];
  const { code, output } = await run(python, pip, { capture: true });
  if (code !== 0) return { missing: `rerun-sdk ${version} cannot be installed (${lastLine(output)})` };
  await compileImported();
  return (await findRerun(version)) ?? { missing: "the Python package does not contain the program `rerun`" };
}

/** Compiles the modules that the tests import, also where the environment says that programs compile nothing. */
async function compileImported(): Promise<void> {
  const imports = `import rerun, rerun.blueprint, rerun.catalog, ${QUERY_ENGINE}, pyarrow.parquet`;
  await run(python, ["-c", imports], { capture: true, env: { PYTHONDONTWRITEBYTECODE: "" } });
}

/** Finds the installed Rerun; returns `undefined` if no Rerun, or another version, is installed. */
export async function findRerun(version: string = RERUN_VERSION): Promise<RealRerun | undefined> {
  if (!existsSync(python)) return undefined;
  // The script in bin/ only starts this program.
  const rerun = join(await sitePackages(), "rerun_cli/rerun");
  if (!existsSync(rerun)) return undefined;
  const { output } = await run(rerun, ["--version"], { capture: true });
  return output.includes(version) ? { python, rerun } : undefined;
}

/** The folder of the installed packages. */
async function sitePackages(): Promise<string> {
  const libraries = (await readdir(join(venv, "lib"))).find((name) => name.startsWith("python3"));
  return join(venv, "lib", libraries ?? "", "site-packages");
}

/** Returns the reason of a failure, if there was one. */
async function createEnvironment(): Promise<string | undefined> {
  const create = (): ReturnType<typeof run> => run("python3", ["-m", "venv", "--clear", venv], { capture: true });
  let { code, output } = await create();
  if (code !== 0 && (await installDebian(["python3-venv"]))) ({ code, output } = await create());
  return code === 0 ? undefined : lastLine(output);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
