import type { CommandTable } from "./command/command-table.ts";

/** `rerun-ts viewer-files`. */
export const VIEWER_FILES = {
  name: "viewer-files",
  summary: "Write the web viewer into a folder, for pages that show it",
  description: [
    "Write the files of the web viewer into a folder: the module with the class WebViewer and its WebAssembly, for pages that show the viewer with `openWebViewer`, <rerun-viewer> or <RerunViewer>. The folder takes the place of the npm package @rerun-io/web-viewer: `npm install ./FOLDER` installs it for bundlers, and an import map names it for pages without one. It must be new or empty, or come from this command, which then replaces the viewer in it.",
  ],
  positionals: { usage: "FOLDER", least: 1, most: 1, required: "one folder" },
  flags: {
    assets: {
      kind: "text",
      value: "auto|npm|pypi|FOLDER",
      default: "auto, the npm package if it has the version that `rerun-ts --version` shows, and else the download",
      help: "Take the viewer from the installed npm package, from Rerun's package for notebooks, which pip downloads (17 MB, with Python 3), or from a folder",
    },
  },
  exits: { 0: "The files were written.", 1: "The viewer was not found, or the folder cannot be written." },
  examples: ["viewer-files public/viewer"],
} as const satisfies CommandTable;
