import { RERUN_VERSION, RerunError } from "@rerun-ts/core";
import { HOW_TO_INSTALL, findExecutable } from "../spawn/find-executable.ts";
import { askVersion, fitsThisSdk } from "../spawn/viewer-version.ts";
import { findNpmViewer, npmFiles, npmViewerVersion } from "./npm-files.ts";
import { rerunFiles } from "./rerun-files.ts";
import type { ViewerFiles } from "./viewer-files.ts";

/** The web viewer that was found. */
export interface FoundViewer {
  readonly files: ViewerFiles;
  /** What users should be told, if it does not quite go with this SDK. */
  readonly notice: string | undefined;
}

/** A folder that holds a page and all that it needs, as it is to be served. */
export type FoundFolder = { readonly folder: string };

/**
 * Looks for a web viewer: in the program `rerun`, in the package of npm, or in a folder.
 *
 * @throws {RerunError} `FILE`, which says how to get one
 */
export async function findViewer(assets: string): Promise<FoundViewer | FoundFolder> {
  if (assets === "rerun") return inProgram(findProgram());
  if (assets === "npm") return inPackage(findNpmViewer());
  if (assets !== "auto") return npmViewerVersion(assets) === undefined ? { folder: assets } : inPackage(assets);

  const program = optional(findProgram);
  const fromProgram = program === undefined ? undefined : await inProgram(program).catch(() => undefined);
  if (fromProgram !== undefined && fromProgram.notice === undefined) return fromProgram;
  const folder = findNpmViewer();
  if (folder !== undefined) return inPackage(folder);
  if (fromProgram !== undefined) return fromProgram;
  throw new RerunError(
    "FILE",
    `there is no web viewer to serve: install the program \`rerun\`, which holds one (${HOW_TO_INSTALL}), ` +
      "or `npm install @rerun-io/web-viewer`",
  );
}

function findProgram(): string {
  return findExecutable({ executableName: undefined, executablePath: undefined });
}

async function inProgram(executable: string): Promise<FoundViewer> {
  const version = await askVersion(executable);
  if (version === undefined)
    throw new RerunError("FILE", `${executable} does not tell its version: it is no \`rerun\``);
  return { files: rerunFiles(executable, version), notice: mismatch(`in ${executable}`, version) };
}

function inPackage(folder: string | undefined): FoundViewer {
  const version = folder === undefined ? undefined : npmViewerVersion(folder);
  if (folder === undefined || version === undefined)
    throw new RerunError("FILE", "there is no package `@rerun-io/web-viewer`: `npm install @rerun-io/web-viewer`");
  return { files: npmFiles(folder, version), notice: mismatch("of the package `@rerun-io/web-viewer`", version) };
}

function mismatch(place: string, version: string): string | undefined {
  if (fitsThisSdk(version)) return undefined;
  return `the web viewer ${place} is ${version}, and this SDK logs for ${RERUN_VERSION}: it may not show everything`;
}

function optional<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}
