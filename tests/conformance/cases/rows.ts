import * as rr from "@rerun-ts/node";

export function severalArchetypesInOne(rec: rr.RecordingStream): void {
  rec.log("robot", [
    new rr.Transform3D({ translation: [1, 2, 3] }),
    new rr.Points3D([0, 0, 0]),
    new rr.TextLog("here"),
  ]);
  rec.log("robot", [new rr.Scalars([1, 2, 3])]);
}

export function differentComponentsFromRowToRow(rec: rr.RecordingStream): void {
  for (let frame = 0; frame < 30; frame++) {
    rec.setTime("frame", frame);
    if (frame % 2 === 0) rec.log("mixed", new rr.Points3D([frame, 0, 0]));
    if (frame % 3 === 0) rec.log("mixed", new rr.Points3D([0, frame, 0], { colors: [frame, 0, 0] }));
    if (frame % 5 === 0) rec.log("mixed", new rr.Points3D([0, 0, frame], { labels: `at ${frame}`, radii: frame }));
    if (frame % 7 === 0) rec.log("mixed", rr.Points3D.fromFields({ radii: [] }));
    if (frame % 11 === 0) rec.log("mixed", [new rr.Scalars(frame), new rr.TextLog("eleven")]);
  }
}

export function interleavedEntities(rec: rr.RecordingStream): void {
  for (let frame = 0; frame < 300; frame++) {
    rec.setTime("frame", frame);
    rec.log(`sensors/${frame % 7}`, new rr.Scalars(frame));
    if (frame % 10 === 0) rec.log("log", new rr.TextLog(`frame ${frame}`, { level: "INFO" }));
  }
}

/** Rows of one entity on different timelines never share a chunk. */
export function changingTimelines(rec: rr.RecordingStream): void {
  for (let index = 0; index < 40; index++) {
    if (index % 4 === 0) rec.disableTimeline("b");
    else rec.setTime("b", index);
    if (index % 6 === 0) rec.resetTime();
    rec.setTime("a", index);
    rec.log("row", new rr.Scalars(index));
  }
}

export function outOfOrder(rec: rr.RecordingStream): void {
  for (let index = 0; index < 200; index++) {
    rec.setTime({ frame: (index * 77) % 200, elapsed: { duration: index / 10 } });
    rec.log("row", new rr.Scalars(index));
  }
}

export function staticAndTemporal(rec: rr.RecordingStream): void {
  for (let frame = 0; frame < 10; frame++) {
    rec.setTime("frame", frame);
    rec.log("mixed", new rr.Scalars(frame));
    rec.log("mixed", new rr.TextDocument(`page ${frame}`), { static: true });
  }
}

/** Each row has the maximum size of a chunk, so that it is flushed at once. */
export function largeRows(rec: rr.RecordingStream): void {
  for (let frame = 0; frame < 3; frame++) {
    rec.setTime("frame", frame);
    rec.log("image", new rr.Image({ data: new Uint8Array(2_100_000).fill(frame), width: 2100, height: 1000 }));
    rec.log("cloud", new rr.Points3D(new Float32Array(300_000).fill(frame / 3)));
  }
}

/** Data is copied when it is logged. */
export function reusedArrays(rec: rr.RecordingStream): void {
  const positions = new Float32Array(300);
  const small = new Float32Array(3);
  for (let frame = 0; frame < 5; frame++) {
    positions.fill(frame);
    small.fill(-frame);
    rec.setTime("frame", frame);
    rec.log("cloud", new rr.Points3D(positions));
    rec.log("point", new rr.Points3D(small));
  }
}

export function emptyListsAndNothing(rec: rr.RecordingStream): void {
  rec.log("lists", new rr.Points3D([], { colors: [], labels: [], radii: [], classIds: [] }));
  rec.log("lists", new rr.Points3D([1, 2, 3], { colors: [], labels: null, radii: undefined }));
  rec.log("texts", new rr.TextLog(null, { level: [] }));
  rec.log("texts", new rr.TextLog([]));
  rec.log("image", new rr.Image(null));
}
