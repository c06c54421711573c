// A video as a whole file, with any of its frames at any time, and as a stream, frame by frame.
import { readFileSync } from "node:fs";
import * as rr from "@rerun-ts/node";

const CLIP = readFileSync(new URL("../../assets/clip.mp4", import.meta.url));

export function logScene(rec: rr.RecordingStream): void {
  // Three cameras side by side: below a pinhole, pictures and videos are also seen in 3D.
  rec.log("cinema", rr.ViewCoordinates.RFU, { static: true });
  for (const [index, name] of ["file", "backwards", "stream"].entries()) {
    const screen = new rr.Pinhole({ focalLength: 90, width: 96, height: 64, cameraXyz: "RFU", imagePlaneDistance: 3 });
    const place = new rr.Transform3D({ translation: [index * 3.5, 0, 0] });
    rec.log(`cinema/${name}`, [screen, place], { static: true });
  }
  logFile(rec);
  logStream(rec);
}

/** The file is there once; its frames are only referred to. */
function logFile(rec: rr.RecordingStream): void {
  rec.log("cinema/file", new rr.AssetVideo({ contents: CLIP }), { static: true });
  const timestamp = rr.readFrameTimestamps(CLIP);
  const frames = rr.TimeColumn.sequence("frame", [...timestamp.keys()]);
  const times = rr.TimeColumn.duration("time", timestamp);
  // All rows at once, column by column.
  rec.sendColumns("cinema/file", [frames, times], rr.VideoFrameReference.columns({ timestamp }));

  // Another entity may show the same file at other times: here from its end to its beginning.
  const reference = rr.VideoFrameReference.fromFields({ videoReference: "cinema/file" });
  rec.log("cinema/backwards", reference, { static: true });
  const last = timestamp.at(-1) ?? 0n;
  const backwards = rr.VideoFrameReference.columns({ timestamp: timestamp.map((time) => last - time) });
  rec.sendColumns("cinema/backwards", [frames, times], backwards);
}

/** Each frame is a row of its own, as it comes from an encoder. */
function logStream(rec: rr.RecordingStream): void {
  rec.log("cinema/stream", new rr.VideoStream("AV1"), { static: true });
  for (const [frame, sample] of samplesOf(CLIP).entries()) {
    rec.setTime({ frame, time: { duration: frame / 10 } });
    // A decoder can begin at a keyframe: in this clip each fifth is one.
    rec.log("cinema/stream", rr.VideoStream.fromFields({ sample, isKeyframe: frame % 5 === 0 }));
  }
}

/** The frames of an MP4 file with one video in one piece: `stco` says where it begins, `stsz` how long each frame is. */
function samplesOf(file: Buffer): Buffer[] {
  const sizes = file.indexOf("stsz") + 16;
  let begin = file.readUInt32BE(file.indexOf("stco") + 12);
  return Array.from({ length: file.readUInt32BE(sizes - 4) }, (_, index) => {
    const sample = file.subarray(begin, begin + file.readUInt32BE(sizes + index * 4));
    begin += sample.length;
    return sample;
  });
}
