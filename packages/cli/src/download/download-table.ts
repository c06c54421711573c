import type { CommandTable } from "../command/command-table.ts";

/** `rerun-ts download`. */
export const DOWNLOAD = {
  name: "download",
  summary: "Save recordings of servers as files",
  description: [
    "Save recordings as files. A URL is that of a relay or a viewer, such as rerun+http://127.0.0.1:9876/proxy, of an .rrd or .rbl file, or of a recording in a catalog. The last takes the program `rerun`. A file is named after the last part of its URL, or output.rrd, and replaces one with that name. A server goes on sending until Ctrl-C, SIGTERM or SIGHUP, which complete the file.",
  ],
  positionals: { usage: "URL …", least: 1, required: "at least one URL" },
  flags: {
    "output-dir": {
      kind: "text",
      short: "o",
      value: "FOLDER",
      default: "the current folder",
      help: "Where to write; the folder is created if it does not exist",
    },
    "idle-timeout": {
      kind: "number",
      value: "SECONDS",
      default: "never",
      help: "Finish the file after the server has been silent for this long",
    },
  },
  exits: {
    0: "All was saved.",
    1: "A server failed, or a file cannot be read or written. What a server has sent before is kept.",
  },
  examples: ["download rerun+http://127.0.0.1:9876/proxy -o recordings --idle-timeout 5"],
} as const satisfies CommandTable;
