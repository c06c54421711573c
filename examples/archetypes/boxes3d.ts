// A spiral staircase.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("boxes3d");
const steps = Array.from({ length: 24 }, (_, i) => (i / 24) * 2 * Math.PI);
const boxes = new rr.Boxes3D({
  halfSizes: [0.9, 0.3, 0.05],
  centers: steps.map((angle, i) => [2 * Math.cos(angle), 2 * Math.sin(angle), i * 0.15]),
  rotationAxisAngles: steps.map((angle) => ({ axis: [0, 0, 1], angle })),
  colors: steps.map((_, i) => `hsl(${20 + i * 3} 70% 60%)`),
  fillMode: "Solid",
});
rec.log("stairs", boxes);
