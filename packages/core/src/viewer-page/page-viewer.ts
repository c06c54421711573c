import { argumentError } from "../checks/invalid-value-error.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { isWholeWasm } from "./whole-wasm.ts";

/** The WebAssembly of the viewer. */
export const VIEWER_WASM = "re_viewer_bg.wasm";

/** The files of a viewer for pages, with a text that each module has: at its end, so that it shows that it is whole. */
const MODULES = {
  "index.js": /\bexport\b[^;]*\bWebViewer\b/u,
  "re_viewer.js": /\bexport\s+default\b|\bas\s+default\b/u,
};

/** The files of a viewer for a page. */
export interface PageViewer {
  readonly index: Uint8Array<ArrayBuffer>;
  readonly bindings: Uint8Array<ArrayBuffer>;
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** The WebAssembly in the gzip format, if it was compressed before. */
  readonly wasmGzip?: Uint8Array<ArrayBuffer> | undefined;
}

/** Checks that files are a whole viewer. @param place where they are from, for messages */
export function checkViewer({ index, bindings, wasm }: PageViewer, place: string): void {
  for (const [name, bytes] of [
    ["index.js", index],
    ["re_viewer.js", bindings],
  ] as const)
    if (!MODULES[name].test(new TextDecoder().decode(bytes))) throw damaged(name, place);
  if (!isWholeWasm(wasm)) throw damaged(VIEWER_WASM, place);
}

/**
 * Checks the version in the package.json of a viewer.
 *
 * @param wanted the release of Rerun. Not imported, because bundles of pages would be split for that
 * @throws {RerunError} `UNSUPPORTED` for the viewer of another release
 */
export function checkViewerVersion(version: string, place: string, wanted: string): void {
  if (version.startsWith(wanted.slice(0, wanted.lastIndexOf(".") + 1))) return;
  throw new RerunError(
    "UNSUPPORTED",
    `the viewer of ${place} has version ${version}, but pages need version ${wanted}, for which this SDK logs; ` +
      "`rerun-ts viewer-files FOLDER` writes it",
  );
}

/** The error for a call in a page that names no viewer. */
export function missingViewer(): TypeError {
  return argumentError(
    "viewerFiles",
    "`viewerFiles` must be the URL of a folder with the viewer's files, which `rerun-ts viewer-files FOLDER` writes; " +
      "with `viewer` the page loads them from there instead",
  );
}

function damaged(name: string, place: string): RerunError {
  return new RerunError(
    "INVALID_FORMAT",
    `${name} of ${place} is truncated, or belongs to another program; \`rerun-ts viewer-files FOLDER\` writes the viewer`,
  );
}
