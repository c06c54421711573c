import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("boxes2d");
const boxes = {
  halfSizes: [
    [40, 25],
    [28, 20],
    [12, 30],
  ],
  centers: [
    [100, 120],
    [220, 110],
    [300, 100],
  ],
};
const labels = ["truck", "car", "person"];
rec.log("detections", new rr.Boxes2D({ ...boxes, labels, colors: ["orange", "gold", "deepskyblue"], radii: 1.5 }));
