import * as rr from "@rerun-ts/node";
import { recordings } from "../harness/case.ts";

export function ofEveryName(rec: rr.RecordingStream): void {
  for (const name of ["operator", "camera left", "a/b", "größe", "it's", "v1.2", "😀", "[#3]:x", "__properties"]) {
    rec.sendProperty(name, new rr.TextLog(name));
  }
}

export function ofEveryKind(rec: rr.RecordingStream): void {
  rec.sendProperty("points", new rr.Points3D([1, 2, 3], { labels: "origin" }));
  rec.sendProperty("several", [new rr.Scalars([1, 2]), new rr.TextDocument("notes")]);
  rec.sendProperty("own", rr.componentBatches("my.Run", { seed: rr.components.Scalar.batch(7) }));
  rec.sendProperty("replaced", new rr.Scalars(1));
  rec.sendProperty("replaced", new rr.Scalars(2));
}

/** Current times do not apply to properties. */
export function haveNoTime(rec: rr.RecordingStream): void {
  rec.setTime("frame", 1);
  rec.sendProperty("operator", new rr.TextLog("Ada"));
  rec.sendRecordingName("run 7");
  rec.log("row", new rr.Scalars(1));
}

export function recordingNames(rec: rr.RecordingStream): void {
  for (const name of ["run 7", "größe 😀", ""]) rec.sendRecordingName(name);
}

export function recordingInfo(rec: rr.RecordingStream): void {
  rec.log("__properties", new rr.RecordingInfo({ startTime: new Date(0), name: "by hand" }), { static: true });
  rec.log("elsewhere", new rr.RecordingInfo({ startTime: 1_700_000_000_123_456_789n }));
}

export const notSent = recordings([{ sendProperties: false }], (rec) => {
  rec.log("row", new rr.Scalars(1));
});

export const givenAtTheStart = recordings(
  [
    { startTime: new Date(1_700_000_000_123), recordingName: "run 7" },
    { startTime: 1_600_000_000 },
    { startTime: -1n },
    { startTime: { millis: 1.5 } },
  ],
  (...all) => {
    for (const rec of all) rec.log("row", new rr.Scalars(1));
  },
);
