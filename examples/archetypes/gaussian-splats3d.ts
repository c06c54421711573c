import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("gaussian_splats3d");
const turns = Array.from({ length: 300 }, (_, i) => i / 25);
const splats = new rr.GaussianSplats3D(
  turns.map((turn) => [Math.cos(turn) * turn, Math.sin(turn) * turn, 0.4 * Math.sin(2 * turn)]),
  {
    scales: turns.map((turn) => [0.3 + turn / 30, 0.2, 0.1]),
    quaternions: turns.map((turn) => [0, 0, Math.sin(turn / 2), Math.cos(turn / 2)]),
    colors: turns.map((turn) => `hsl(${turn * 30} 80% 60%)`),
  },
);
rec.log("galaxy", splats);
