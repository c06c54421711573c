// Two clouds that merge. Viewers of 0.41 show half floats only, hence `F16`.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("volume3d");
const SIZE = 32;
const blob = (x: number, y: number, z: number, at: number): number =>
  Math.exp(-((x - at) ** 2 + (y - 16) ** 2 + (z - 16) ** 2) / 40);
const data = Float32Array.from({ length: SIZE ** 3 }, (_, i) => {
  const [x, y, z] = [i % SIZE, Math.floor(i / SIZE) % SIZE, Math.floor(i / SIZE ** 2)];
  return blob(x, y, z, 10) + blob(x, y, z, 22);
});
const values = { data, shape: [SIZE, SIZE, SIZE], elementType: "F16" } as const;
rec.log("clouds", new rr.Volume3D(values, { valueRange: [0.1, 1], gamma: 1, opticalDensity: 20, colormap: "Viridis" }));
