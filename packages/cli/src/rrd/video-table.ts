import type { CommandTable } from "../command/command-table.ts";
import { OUTPUT, RRD_EXITS } from "./rrd-flags.ts";

/** `rerun-ts rrd video`. */
export const VIDEO = {
  name: "rrd video",
  summary: "Write the video of an entity into an MP4 file",
  description: [
    "Write the frames of a VideoStream, or the file of an AssetVideo, into an MP4 file. Frames are copied as they are, without an encoder: H.264, H.265, AV1, VP8 and VP9.",
  ],
  positionals: { usage: "FILE.rrd ENTITY -o FILE.mp4" },
  flags: {
    timeline: {
      kind: "text",
      value: "NAME",
      default: "the only one of the video, apart from log_time and log_tick",
      option: "timeline",
      help: "The timeline of the times",
    },
    from: {
      kind: "text",
      value: "TIME",
      option: "from",
      help: "Begin at the last key frame that is not later: 120, 1.5s, or 2026-01-31T12:00:00Z",
    },
    to: { kind: "text", value: "TIME", option: "to", help: "The end, inclusive" },
    fps: {
      kind: "number",
      value: "NUMBER",
      option: "fps",
      help: "Numbers of a timeline of sequence numbers per second, which such timelines need",
    },
    ...OUTPUT,
  },
  exits: RRD_EXITS,
  notes: [
    "An integer is a number of a sequence. Timelines of time take `1.5s` or a date, or nanoseconds from 1000000000 on.",
  ],
  examples: [
    "rrd video run.rrd /camera -o camera.mp4",
    "rrd video run.rrd /camera --timeline frame --from 120 --to 480 --fps 30 -o part.mp4",
  ],
} as const satisfies CommandTable;
