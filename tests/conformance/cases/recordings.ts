import * as rr from "@rerun-ts/node";
import { recordings } from "../harness/case.ts";

export const twoAtOnce = recordings([{}, {}], (left, right) => {
  for (let frame = 0; frame < 10; frame++) {
    left.setTime("frame", frame);
    right.setTime("step", -frame);
    left.log("same path", new rr.Scalars(frame));
    right.log("same path", new rr.TextLog(`step ${frame}`));
    if (frame === 5) left.resetTime();
  }
});

/** Two programs that log to one recording. */
export const oneInTwoFiles = recordings([{ recordingId: "twin" }, { recordingId: "twin" }], (first, second) => {
  for (const [index, rec] of [first, second].entries()) {
    rec.setTime("frame", index);
    rec.log(`process ${index}`, new rr.Scalars(index));
    rec.log("shared", new rr.Scalars(index));
  }
});

const RECORDING_IDS = ["a", "with space/slash", "größe 😀", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "x".repeat(300)];

export const recordingIds = recordings(
  RECORDING_IDS.map((recordingId) => ({ recordingId })),
  (...all) => {
    for (const rec of all) rec.log("row", new rr.Scalars(1));
  },
);

/** Ids that Rerun does not allow are changed in the same way by all SDKs. */
const APPLICATION_IDS = [
  "x[1]:y_z-1 2",
  "dotted.name",
  "a/b c.d",
  "my.app x",
  "ä",
  "batch test/é",
  "😀😀",
  "a".repeat(180),
  "a".repeat(181),
  "a".repeat(200),
  `${"a".repeat(175)}é`,
  "é".repeat(100),
];

export const applicationIds = recordings(
  APPLICATION_IDS.map((applicationId) => ({ applicationId })),
  (...all) => {
    for (const rec of all) rec.log("row", new rr.Scalars(1));
  },
);

/** The data is the same with and without compression. */
export const everyCompression = recordings(
  [{ compression: "auto" }, { compression: "lz4" }, { compression: "none" }],
  (...all) => {
    const even = Float32Array.from({ length: 30_000 }, (_, index) => index % 100);
    const uneven = Float32Array.from({ length: 30_000 }, (_, index) => Math.fround(Math.sqrt(index + 1)));
    for (const rec of all) {
      rec.log("small", new rr.Scalars(1));
      rec.log("even", new rr.Points3D(even));
      rec.log("uneven", new rr.Points3D(uneven));
      rec.log("text", new rr.TextDocument("The quick brown fox. ".repeat(1000)));
    }
  },
);

/** The recording still has its store info and properties. */
export function nothingLogged(): void {}
