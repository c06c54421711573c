import type { CommandTable } from "./command/command-table.ts";

/** `rerun-ts link`. */
export const LINK = {
  name: "link",
  summary: "Print a link to a moment of a recording",
  description: [
    "Print a link to a moment of a recording. `rerun-ts view LINK` shows it in the web viewer, and `open` of a viewer's control in that viewer.",
  ],
  positionals: { usage: "FILE.rrd|URL", least: 1, most: 1, required: "exactly one file or URL" },
  flags: {
    when: { kind: "text", value: "TIMELINE@TIME", help: "The time: frame@120, t@1.5s, or t@2026-01-31T12:00:00Z" },
    recording: { kind: "text", value: "ID", default: "the one that is there", help: "The recording" },
    selection: { kind: "text", value: "PATH", help: "The entity to select, such as /points or /points[#3]" },
    viewer: {
      kind: "text",
      value: "native|app|URL",
      default: "native",
      help: "The viewer that opens the link: a native one, app.rerun.io, or a page with the web viewer",
    },
  },
  exits: {
    0: "The link was printed.",
    1: "The file does not exist, or is not a recording.",
    2: "The command line is wrong, or the recording has no such timeline.",
  },
  examples: ["link --when frame@120 run.rrd"],
} as const satisfies CommandTable;
