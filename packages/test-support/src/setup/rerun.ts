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
/** The interpreter of another environment, whose Rerun the tests use in any version. */
const given = process.env["RERUN_PYTHON"] || undefined;
/** The package that the Python SDK needs to query recordings, and that is optional there. */
const QUERY_ENGINE = "datafusion";

/**
 * Finds the real Rerun, or installs it into a Python environment in `.venv`. The environment variable `RERUN_PYTHON`
 * names an interpreter with another version of Rerun, for tests with that.
 */
export async function ensureRerun(version: string = RERUN_VERSION): Promise<RealRerun | Missing> {
  if (given !== undefined) return findGiven(given);
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
  if (given !== undefined) {
    const found = await findGiven(given);
    return "missing" in found ? undefined : found;
  }
  if (!existsSync(python)) return undefined;
  // The script in bin/ only starts this program.
  const rerun = join(await sitePackages(), "rerun_cli/rerun");
  if (!existsSync(rerun)) return undefined;
  const { output } = await run(rerun, ["--version"], { capture: true });
  return output.includes(version) ? { python, rerun } : undefined;
}

async function findGiven(interpreter: string): Promise<RealRerun | Missing> {
  const program = "import rerun_cli, pathlib; print(pathlib.Path(rerun_cli.__file__).parent / 'rerun')";
  const { code, output } = await run(interpreter, ["-c", program], { capture: true });
  const rerun = lastLine(output);
  if (code === 0 && existsSync(rerun)) return { python: interpreter, rerun };
  return { missing: `RERUN_PYTHON is ${interpreter}, which has no rerun-sdk (${rerun})` };
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
