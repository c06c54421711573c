// Ripples on water: a tensor of numbers, shown as an image with a colormap.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("tensor");
const [rows, columns] = [120, 180];
const data = Float32Array.from({ length: rows * columns }, (_, i) => {
  const distance = Math.hypot((i % columns) - 90, Math.floor(i / columns) - 60);
  return Math.cos(distance / 4) / (1 + distance / 20);
});
rec.log("ripples", new rr.Tensor({ data, shape: [rows, columns], dimNames: ["row", "column"] }));
