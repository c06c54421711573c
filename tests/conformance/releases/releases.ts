// The releases of Rerun whose recordings are kept: one of each minor version since 0.23, which is the oldest that
// Rerun 0.41 and this SDK read. `write-fixtures.ts` adds the newest.
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";

/** The folder of the recordings. */
const FIXTURES: string = join(import.meta.dirname, "../fixtures/releases");
/** The program that makes a recording with the SDK of any release. */
const PROGRAM: string = join(import.meta.dirname, "make_release.py");
const ENDING = ".rrd.br";

/** The path of the recording of a release, which is compressed with Brotli. */
export function fixtureOf(version: string): string {
  return join(FIXTURES, `${version}${ENDING}`);
}

/** The releases with a recording, oldest first. */
export async function releases(): Promise<readonly string[]> {
  const names = (await readdir(FIXTURES)).filter((name) => name.endsWith(ENDING));
  const versions = names.map((name) => name.slice(0, -ENDING.length));
  return versions.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/** The recording of a release. */
export async function recordingOf(version: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(brotliDecompressSync(await readFile(fixtureOf(version))));
}

/** Installs the Python SDK of a release into `.cache`, beside that of Rerun 0.41, whose other packages it uses. */
export async function installRelease(python: string, version: string): Promise<string> {
  const folder = join(root, ".cache", `rerun-sdk-${version}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}-${process.pid}`;
  const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile", "--target", draft];
  const { code, output } = await run(python, ["-m", "pip", "install", ...options, `rerun-sdk==${version}`], {
    capture: true,
  });
  if (code !== 0) {
    await rm(draft, { recursive: true, force: true });
    throw new Error(`rerun-sdk ${version} cannot be installed: ${output}`);
  }
  await rename(draft, folder);
  return folder;
}

/** Runs `make_release.py` with the SDK in a folder, for a file or the URL of a server. */
export async function runRelease(python: string, folder: string, target: string): Promise<void> {
  const env = {
    PYTHONPATH: `${join(folder, "rerun_sdk")}:${folder}`,
    PYTHONDONTWRITEBYTECODE: "1",
    // Chunks then depend on the program alone.
    RERUN_FLUSH_TICK_SECS: "100",
  };
  const { code, output } = await run(python, ["-W", "ignore", PROGRAM, target], { capture: true, env });
  if (code !== 0) throw new Error(`make_release.py failed with ${folder}: ${output}`);
}
