// A video in two ways: as a file whose frames are shown at any time, and as a stream of single frames.
import * as rr from "@rerun-ts/node";

/** Logs the scene; `clip` is an MP4 file. */
export function logScene(rec: rr.RecordingStream, clip: Uint8Array): void {
  // Three cameras side by side: below a pinhole, images and videos are also visible in 3D.
  rec.log("cinema", rr.ViewCoordinates.RFU, { static: true });
  for (const [index, name] of ["file", "backwards", "stream"].entries()) {
    const screen = new rr.Pinhole({ focalLength: 90, width: 96, height: 64, cameraXyz: "RFU", imagePlaneDistance: 3 });
    const place = new rr.Transform3D({ translation: [index * 3.5, 0, 0] });
    rec.log(`cinema/${name}`, [screen, place], { static: true });
  }
  logFile(rec, clip);
  logStream(rec, clip);
}

/** Logs the file once; its frames are only referenced. */
function logFile(rec: rr.RecordingStream, clip: Uint8Array): void {
  rec.log("cinema/file", new rr.AssetVideo({ contents: clip }), { static: true });
  const timestamp = rr.files.readFrameTimestamps(clip);
  const frames = rr.TimeColumn.sequence("frame", [...timestamp.keys()]);
  const times = rr.TimeColumn.duration("time", timestamp);
  // All rows in one call, as columns.
  rec.sendColumns("cinema/file", [frames, times], rr.VideoFrameReference.columns({ timestamp }));

  // Another entity may show the same file at other times: here backwards.
  const reference = rr.VideoFrameReference.fromFields({ videoReference: "cinema/file" });
  rec.log("cinema/backwards", reference, { static: true });
  const last = timestamp.at(-1) ?? 0n;
  const backwards = rr.VideoFrameReference.columns({ timestamp: timestamp.map((time) => last - time) });
  rec.sendColumns("cinema/backwards", [frames, times], backwards);
}

/** Logs each frame as a separate row, as an encoder produces it. */
function logStream(rec: rr.RecordingStream, clip: Uint8Array): void {
  rec.log("cinema/stream", new rr.VideoStream("AV1"), { static: true });
  for (const [frame, sample] of samplesOf(clip).entries()) {
    rec.setTime({ frame, time: { duration: frame / 10 } });
    // Decoders can start at keyframes: in this clip every fifth frame is one.
    rec.log("cinema/stream", rr.VideoStream.fromFields({ sample, isKeyframe: frame % 5 === 0 }));
  }
}

/** The frames of an MP4 file with one contiguous video: `stco` has its offset, `stsz` the size of each frame. */
export function samplesOf(file: Uint8Array): Uint8Array[] {
  const text = new TextDecoder("latin1").decode(file);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const sizes = text.indexOf("stsz") + 16;
  let begin = view.getUint32(text.indexOf("stco") + 12);
  return Array.from({ length: view.getUint32(sizes - 4) }, (_, index) => {
    const sample = file.subarray(begin, begin + view.getUint32(sizes + index * 4));
    begin += sample.length;
    return sample;
  });
}
