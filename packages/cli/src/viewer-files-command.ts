import { copyFile, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RERUN_VERSION, RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { findViewerForPages, npmViewerVersion, VIEWER_PACKAGE, unpackViewer } from "@rerun-ts/node/web-viewer";
import type { ValuesOf } from "./command/command-table.ts";
import { UsageError } from "./command/usage-error.ts";
import { describeBytes } from "@rerun-ts/node/files";
import type { VIEWER_FILES } from "./viewer-files-table.ts";

/** The WebAssembly of the viewer, by far its largest file. */
const WASM = "re_viewer_bg.wasm";
/** The files of the npm package that a page loads. */
const NAMES = ["index.js", "re_viewer.js", WASM] as const;

/** Runs `rerun-ts viewer-files`, which writes the web viewer beside a page. @throws {UsageError} for a wrong option */
export async function viewerFiles({ assets, positionals }: ValuesOf<typeof VIEWER_FILES>): Promise<void> {
  const [target = ""] = positionals;
  await checkTarget(target);
  const { folder, version } = await findFolder(assets ?? "auto");
  try {
    await mkdir(target, { recursive: true });
    for (const name of NAMES) await copyFile(join(folder, name), join(target, name));
    // The last file: with it, the folder is a package.
    await writeFile(join(target, "package.json"), manifestOf(version));
  } catch (error) {
    throw new RerunError("IO_ERROR", `cannot write the web viewer to ${target}: ${messageOf(error)}`, { cause: error });
  }
  const { size } = await stat(join(target, WASM));
  console.log(`Wrote the web viewer ${version} to ${target} (${WASM}: ${describeBytes(size)})`);
  console.log(`For a bundler: npm install ${/^[./]/.test(target) ? target : `./${target}`}`);
  console.log(`For a page without one: an import map from "${VIEWER_PACKAGE}" to the URL of index.js in that folder`);
}

/** Checks that the command replaces no files but those of a viewer. @throws {RerunError} `INVALID_ARGUMENT` otherwise */
async function checkTarget(target: string): Promise<void> {
  const names = await readdir(target).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new RerunError("IO_ERROR", `cannot write to ${target}: ${messageOf(error)}`, { cause: error });
  });
  if (names.length === 0 || npmViewerVersion(target) !== undefined) return;
  throw new UsageError(`the folder must be new, empty, or written by this command before, got ${target}`);
}

/** The folder of the web viewer that `assets` selects, and its version. */
async function findFolder(assets: string): Promise<{ readonly folder: string; readonly version: string }> {
  const warn = (message: string): void => console.error(`rerun-ts: ${message}`);
  const found = await findViewerForPages(assets, warn);
  if ("folder" in found) {
    const names: readonly string[] = await readdir(found.folder).catch(() => []);
    const lacking = NAMES.find((name) => !names.includes(name));
    if (lacking === undefined) return { folder: found.folder, version: RERUN_VERSION };
    throw new RerunError(
      "NOT_FOUND",
      `\`--assets\` must be the folder of a web viewer for pages, but ${found.folder} has no ${lacking}`,
    );
  }
  if (found.notice !== undefined) warn(found.notice);
  return { folder: await unpackViewer(found.files, () => {}), version: found.version };
}

/** The package.json that lets a project install the folder in place of the npm package. */
function manifestOf(version: string): string {
  const exports = { ".": "./index.js", "./re_viewer.js": "./re_viewer.js" };
  const manifest = { name: VIEWER_PACKAGE, version, private: true, type: "module", main: "index.js", exports };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}
