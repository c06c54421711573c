import type { CommandTable } from "../command/command-table.ts";
import { OUTPUT, RRD_EXITS } from "./rrd-flags.ts";

/** `rerun-ts rrd html`. */
export const HTML = {
  name: "rrd html",
  summary: "Write a page that shows recordings offline",
  description: [
    "Write recordings and the web viewer into one file, which browsers open from a disk, without a server and offline. The page has about 16 MB more than the compressed recordings. The size is printed before the file is written.",
  ],
  positionals: { usage: "[FILE.rrd …]" },
  flags: {
    at: {
      kind: "text",
      value: "TIMELINE@TIME",
      option: "at",
      help: "The time to show: frame@120, t@1.5s, or t@2026-01-31T12:00:00Z",
    },
    title: { kind: "text", value: "TEXT", default: "the name of the file", option: "title", help: "The title" },
    theme: { kind: "choice", choices: ["dark", "light", "system"], option: "theme", help: "The theme of the viewer" },
    panel: {
      kind: "text",
      value: "NAME=STATE",
      repeated: true,
      option: "panels",
      help: "Fix a panel (top, blueprint, selection or time) as hidden, collapsed or expanded",
    },
    replay: {
      kind: "text",
      value: "ENTITY",
      option: "replay",
      help: "Show the page that `recordPage` has logged to an entity, such as /page, beside the viewer",
    },
    assets: {
      kind: "text",
      value: "auto|npm|pypi|FOLDER",
      default: "auto, as for `rerun-ts viewer-files`",
      option: "viewerFiles",
      help: "Take the viewer from the installed npm package, from Rerun's package for notebooks, which pip downloads (17 MB, with Python 3), or from a folder",
    },
    viewer: {
      kind: "text",
      value: "URL",
      option: "viewer",
      conflicts: ["assets"],
      help: "Write a small page, which loads the viewer from a folder on a server; browsers compare the files with those of today",
    },
    "max-bytes": {
      kind: "bytes",
      value: "SIZE",
      default: "1GiB",
      option: "maxBytes",
      help: "The largest total size of the recordings",
    },
    ...OUTPUT,
  },
  exits: RRD_EXITS,
  examples: ["rrd html run.rrd --at frame@120 -o run.html"],
} as const satisfies CommandTable;
