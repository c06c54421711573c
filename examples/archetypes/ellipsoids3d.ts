// Positions that are known less and less well.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("ellipsoids3d");
const ellipsoids = new rr.Ellipsoids3D({
  halfSizes: [
    [0.3, 0.2, 0.2],
    [0.6, 0.3, 0.25],
    [1, 0.5, 0.3],
  ],
  centers: [
    [0, 0, 0],
    [1.5, 0.4, 0],
    [3.8, 1, 0],
  ],
  colors: ["limegreen", "gold", "tomato"],
  fillMode: "Solid",
});
rec.log("uncertainty", ellipsoids);
