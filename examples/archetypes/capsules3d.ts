// The fingers of a hand.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("capsules3d");
const fingers = new rr.Capsules3D({
  lengths: [0.7, 0.9, 1, 0.9],
  radii: [0.11, 0.12, 0.12, 0.12],
  translations: [
    [0, 0, 0],
    [0.35, 0, 0.1],
    [0.7, 0, 0.12],
    [1.05, 0, 0.05],
  ],
  colors: ["tomato", "orange", "gold", "limegreen"],
  fillMode: "Solid",
});
rec.log("fingers", fingers);
