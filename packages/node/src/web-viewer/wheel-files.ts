import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RERUN_VERSION, RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { HOW_TO_INSTALL } from "../spawn/find-executable.ts";
import { PAGE } from "./npm-files.ts";
import { WHEEL, downloadWheel, unpackWheel } from "./notebook-wheel.ts";
import { splitWidget } from "./split-widget.ts";
import { stripNames } from "./strip-names.ts";
import { bytesFile, textFile, type ViewerFile, type ViewerFiles } from "./viewer-files.ts";

/**
 * The files of the viewer in Rerun's wheel for notebooks, which is downloaded with pip.
 * @param onDownload called before a download, with a message
 */
export function wheelFiles(onDownload: (message: string) => void): ViewerFiles {
  let folder: string | undefined;
  return {
    key: `wheel-${RERUN_VERSION}`,
    async list() {
      onDownload(`downloading the web viewer, ${WHEEL} ${RERUN_VERSION} (17 MB, only once)`);
      folder = await mkdtemp(join(tmpdir(), "rerun-ts-web-viewer-"));
      return download(folder);
    },
    async release() {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function download(folder: string): Promise<readonly ViewerFile[]> {
  try {
    const place = await unpackWheel(await downloadWheel(RERUN_VERSION, folder), RERUN_VERSION, join(folder, "wheel"));
    const { index, bindings } = splitWidget(await readFile(join(place, "widget.js"), "utf8"));
    return [
      textFile("index.js", index),
      textFile("re_viewer.js", bindings),
      bytesFile("re_viewer_bg.wasm", stripNames(await readFile(join(place, "re_viewer_bg.wasm")))),
      textFile("index.html", PAGE),
    ];
  } catch (error) {
    throw new RerunError(
      "NOT_FOUND",
      `cannot find a web viewer to serve, and cannot download one: ${messageOf(error)}; install the program \`rerun\`, ` +
        `which contains one (${HOW_TO_INSTALL}), or Python 3 with pip and access to its package index, or run ` +
        `\`npm install @rerun-io/web-viewer\``,
      { cause: error },
    );
  }
}
