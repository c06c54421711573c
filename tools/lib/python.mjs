import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { installDebian } from "./install.mjs";
import { root, run } from "./run.mjs";

/** The version that everything is measured against. */
export const RERUN_VERSION = "0.41.0";

const venv = join(root, ".venv");
const python = join(venv, "bin/python");

/**
 * The real Rerun: Python with its SDK, and the `rerun` program that comes with it. Makes the environment in `.venv`
 * if it is not there.
 * @returns {Promise<{ python: string, rerun: string } | { missing: string }>}
 */
export async function ensureRerun() {
  const known = await findRerun();
  if (known !== undefined) return known;
  console.log(`Making a Python environment with rerun-sdk ${RERUN_VERSION} in .venv (about 150 MB) …`);
  let made = await run("python3", ["-m", "venv", "--clear", venv], { capture: true });
  if (made.code !== 0 && (await installDebian(["python3-venv"]))) {
    made = await run("python3", ["-m", "venv", "--clear", venv], { capture: true });
  }
  if (made.code !== 0) return { missing: `Python 3 with venv is not there (${lastLine(made.output)})` };
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `rerun-sdk==${RERUN_VERSION}`];
  const installed = await run(python, pip, { capture: true });
  if (installed.code !== 0)
    return { missing: `rerun-sdk ${RERUN_VERSION} cannot be installed (${lastLine(installed.output)})` };
  return (await findRerun()) ?? { missing: "the `rerun` program is not in the package" };
}

/** The environment as it is; `undefined` if it is not there or not the right version. */
export async function findRerun() {
  if (!existsSync(python)) return undefined;
  const libraries = (await readdir(join(venv, "lib"))).find((name) => name.startsWith("python3"));
  // The script in bin/ is a launcher around this program.
  const rerun = join(venv, "lib", libraries ?? "", "site-packages/rerun_cli/rerun");
  if (!existsSync(rerun)) return undefined;
  const { output } = await run(rerun, ["--version"], { capture: true });
  return output.includes(RERUN_VERSION) ? { python, rerun } : undefined;
}

function lastLine(text) {
  return text.trim().split("\n").at(-1) ?? "";
}
