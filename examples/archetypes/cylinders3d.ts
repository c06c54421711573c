// A ring of pillars.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("cylinders3d");
const angles = Array.from({ length: 12 }, (_, i) => (i / 12) * 2 * Math.PI);
const pillars = new rr.Cylinders3D({
  lengths: 2,
  radii: 0.25,
  centers: angles.map((angle) => [3 * Math.cos(angle), 3 * Math.sin(angle), 1]),
  colors: angles.map((_, i) => `hsl(${200 + i * 8} 60% 65%)`),
  fillMode: "Solid",
});
rec.log("pillars", pillars);
