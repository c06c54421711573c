// A video as a whole file, with any of its frames at any time, and as a stream, frame by frame.
import { readFileSync } from "node:fs";
import * as rr from "@rerun-ts/node";

const CLIP = readFileSync(new URL("../../assets/clip.mp4", import.meta.url));
const KEYFRAMES = [0, 5];

export function logScene(rec: rr.RecordingStream): void {
  logFile(rec);
  logStream(rec);
}

/** The file is there once; its frames are only referred to. */
function logFile(rec: rr.RecordingStream): void {
  rec.log("file", new rr.AssetVideo({ contents: CLIP }), { static: true });
  const timestamp = rr.readFrameTimestamps(CLIP);
  const frames = rr.TimeColumn.sequence("frame", Array.from(timestamp.keys()));
  const times = rr.TimeColumn.duration("time", timestamp);
  // All rows at once, column by column.
  rec.sendColumns("file", [frames, times], rr.VideoFrameReference.columns({ timestamp }));

  // Another entity may show the same file at other times: here from its end to its beginning.
  const backwards = rr.VideoFrameReference.columns({ timestamp: timestamp.toReversed() });
  rec.log("backwards", rr.VideoFrameReference.fromFields({ videoReference: "file" }), { static: true });
  rec.sendColumns("backwards", [frames, times], backwards);
}

/** Each frame is a row of its own, as an encoder makes them. */
function logStream(rec: rr.RecordingStream): void {
  rec.log("stream", new rr.VideoStream("AV1"), { static: true });
  for (const [frame, sample] of samplesOf(CLIP).entries()) {
    rec.setTime({ frame, time: { duration: frame / 10 } });
    // A decoder begins at a keyframe.
    rec.log("stream", rr.VideoStream.fromFields({ sample, isKeyframe: KEYFRAMES.includes(frame) }));
  }
}

/** The frames in an MP4 file that holds one video in one piece: `stco` says where it begins, `stsz` how long each is. */
function samplesOf(file: Buffer): Buffer[] {
  let at = file.readUInt32BE(file.indexOf("stco") + 12);
  const sizes = file.indexOf("stsz") + 16;
  return Array.from({ length: file.readUInt32BE(sizes - 4) }, (_, index) => {
    const begin = at;
    at += file.readUInt32BE(sizes + index * 4);
    return file.subarray(begin, at);
  });
}
