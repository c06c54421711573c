// The surface of a ball, voxel by voxel.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("voxel_grid_map");
const cells = Array.from(
  { length: 24 ** 3 },
  (_, i) => [i % 24, Math.floor(i / 24) % 24, Math.floor(i / 576)] as const,
);
const surface = cells.filter(([x, y, z]) => Math.round(Math.hypot(x - 12, y - 12, z - 12)) === 10);
rec.log(
  "ball",
  new rr.VoxelGridMap(surface, [0.1, 0.1, 0.1], { values: surface.map(([, , z]) => z / 24), colormap: "Turbo" }),
);
