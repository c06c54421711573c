// The data that all uses of the packed packages log; `rr` is the package of the platform.

/** Makes a recording, one chunk per row so that files can be compared. */
export function newRecording(rr) {
  return new rr.RecordingStream("packed", { recordingId: "packed", batcher: { flushNumRows: 0 } });
}

/** Logs rows, and a file, whose importer is loaded by the call. */
export async function record(rr, rec) {
  for (let frame = 0; frame < 20; frame++) {
    rec.setTime("frame", frame);
    rec.log("points", new rr.Points3D([frame, 0, 0, 0, frame, 0], { colors: ["orange", "#08f"], radii: 0.5 }));
    rec.log("height", new rr.Scalars(frame / 10));
  }
  await rec.logFileFromContents("notes.md", new TextEncoder().encode("# Notes\n"));
}
