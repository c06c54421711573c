// A wave of triangles, coloured by height.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("mesh3d");
const SIZE = 40;
const height = (x: number, y: number): number => Math.sin(x / 5) + Math.cos(y / 6);
const vertices = Array.from({ length: SIZE * SIZE }, (_, i) => [i % SIZE, Math.floor(i / SIZE)] as const);
const triangles = vertices
  .map(([x, y], i) =>
    x < SIZE - 1 && y < SIZE - 1
      ? [
          [i, i + 1, i + SIZE],
          [i + 1, i + SIZE + 1, i + SIZE],
        ]
      : [],
  )
  .flat();
const mesh = new rr.Mesh3D({
  vertexPositions: vertices.map(([x, y]) => [x / 5, y / 5, height(x, y)]),
  vertexColors: vertices.map(([x, y]) => `hsl(${200 + 60 * height(x, y)} 70% 60%)`),
  triangleIndices: triangles,
});
rec.log("waves", mesh);
