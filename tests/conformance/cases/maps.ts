import * as rr from "@rerun-ts/node";

const PLACE = {
  translation: [1, 2, 0.1],
  rotationAxisAngle: { axis: [0, 0, 1], degrees: 90 },
  quaternion: { x: 0, y: 0, z: 0.1, w: 0.9 },
};

export function grids(rec: rr.RecordingStream): void {
  const data = Uint8Array.from({ length: 6 }, (_, index) => index);
  const format = { width: 3, height: 2, colorModel: "L", channelDatatype: "U8" } as const;
  const shown = { cellSize: 0.05, opacity: 0.1, drawOrder: 1.5, colormap: "RvizMap" } as const;
  rec.log("map", new rr.GridMap({ data, format, ...PLACE, ...shown }));
  rec.log("plain", new rr.GridMap({ data, format: { width: 3, height: 2 }, cellSize: 1 }));
}

export function voxels(rec: rr.RecordingStream): void {
  const style = { values: [0, 0.1], colors: ["red", "#00ff0080"], opacity: 0.1, valueRange: [0, 0.5] };
  const map = new rr.VoxelGridMap([-1, 2, 3, 4, 5, -(2 ** 31)], [0.1, 0.2, 0.3], {
    ...style,
    ...PLACE,
    colormap: "Inferno",
  });
  rec.log("map", map);
}

export function formsOfIndices(rec: rr.RecordingStream): void {
  const forms: readonly rr.types.Vec3sLike[] = [
    [1, 2, 3, -4, 5, 6],
    new Int32Array([1, 2, 3, -4, 5, 6]),
    new Int16Array([1, 2, 3, -4, 5, 6]),
    new Float64Array([1, 2, 3, -4, 5, 6]),
    [{ x: 1, y: 2, z: 3 }, [-4, 5, 6]],
  ];
  for (const [index, indices] of forms.entries()) rec.log(`${index}`, new rr.VoxelGridMap(indices, [1, 1, 1]));
}
