import { RERUN_VERSION, RerunError } from "@rerun-ts/core";
import { findExecutable } from "../spawn/find-executable.ts";
import { readVersion, matchesSdk } from "../spawn/viewer-version.ts";
import { findNpmViewer, npmFiles, npmViewerVersion } from "./npm-files.ts";
import { rerunFiles } from "./rerun-files.ts";
import type { ViewerFiles } from "./viewer-files.ts";
import { wheelFiles } from "./wheel-files.ts";

/** A web viewer that must be unpacked before it is served. */
export interface FoundViewer {
  readonly files: ViewerFiles;
  readonly version: string;
  /** A warning if the version of the viewer does not match this SDK. */
  readonly notice: string | undefined;
}

/** A folder with a web viewer that is served unchanged. */
export type FoundFolder = { readonly folder: string };

/**
 * Finds the web viewer that the option `assets` selects: in the program `rerun`, in the npm package, on the Python
 * package index, or in a folder. `"auto"` prefers a program of the matching version, then the npm package, then any
 * program, and else downloads it.
 *
 * @param onDownload called before a download, with a message
 * @throws {RerunError} `NOT_FOUND` if no viewer is found. The message explains how to install one
 */
export async function findViewer(
  assets: string,
  onDownload: (message: string) => void,
): Promise<FoundViewer | FoundFolder> {
  if (assets === "rerun") return viewerOfProgram(findProgram());
  if (assets === "npm") return viewerOfPackage(findNpmViewer());
  if (assets === "pypi") return { files: wheelFiles(onDownload), version: RERUN_VERSION, notice: undefined };
  if (assets !== "auto") return npmViewerVersion(assets) === undefined ? { folder: assets } : viewerOfPackage(assets);

  const program = optional(findProgram);
  const fromProgram = program === undefined ? undefined : await viewerOfProgram(program).catch(() => undefined);
  if (fromProgram !== undefined && fromProgram.notice === undefined) return fromProgram;
  const folder = findNpmViewer();
  if (folder !== undefined) return viewerOfPackage(folder);
  return fromProgram ?? { files: wheelFiles(onDownload), version: RERUN_VERSION, notice: undefined };
}

/**
 * Finds a web viewer with the class `WebViewer`, for pages, as {@link findViewer} does. The viewer in the program
 * `rerun` lacks the class. `"auto"` prefers the npm package of the matching version, and else downloads the viewer.
 *
 * @throws {RerunError} `NOT_FOUND` if no viewer is found, `UNSUPPORTED` for `"rerun"`
 */
export async function findViewerForPages(
  assets: string,
  onDownload: (message: string) => void,
): Promise<FoundViewer | FoundFolder> {
  if (assets === "rerun")
    throw new RerunError(
      "UNSUPPORTED",
      "the viewer in the program `rerun` has no module for pages; pass `--assets npm`, `--assets pypi` or a folder",
    );
  if (assets !== "auto") return findViewer(assets, onDownload);
  const folder = findNpmViewer();
  if (folder !== undefined && matchesSdk(npmViewerVersion(folder) ?? "")) return viewerOfPackage(folder);
  return findViewer("pypi", onDownload);
}

function findProgram(): string {
  return findExecutable({ executableName: undefined, executablePath: undefined });
}

async function viewerOfProgram(executable: string): Promise<FoundViewer> {
  const version = await readVersion(executable);
  if (version === undefined)
    throw new RerunError("VIEWER_FAILED", `${executable} does not report a version, so it is not \`rerun\``);
  return { files: rerunFiles(executable, version), version, notice: mismatch(`in ${executable}`, version) };
}

function viewerOfPackage(folder: string | undefined): FoundViewer {
  const version = folder === undefined ? undefined : npmViewerVersion(folder);
  if (folder === undefined || version === undefined)
    throw new RerunError(
      "NOT_FOUND",
      "cannot find the package `@rerun-io/web-viewer`; run `npm install @rerun-io/web-viewer`",
    );
  return {
    files: npmFiles(folder, version),
    version,
    notice: mismatch("of the package `@rerun-io/web-viewer`", version),
  };
}

/** A warning if a version does not match this SDK. @param place where the viewer was found, for the message */
function mismatch(place: string, version: string): string | undefined {
  if (matchesSdk(version)) return undefined;
  return `the web viewer ${place} has version ${version}, but this SDK logs for ${RERUN_VERSION}; it may not show everything`;
}

function optional<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}
