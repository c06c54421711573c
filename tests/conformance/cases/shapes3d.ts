import * as rr from "@rerun-ts/node";

const STYLE = { colors: ["red", 0x00ff0080], labels: ["left", "right"], showLabels: true, classIds: [1, 65535] };
const POSE = {
  quaternions: [0, 0, 0, 1, 0.5, -0.5, 0.5, 0.5],
  rotationAxisAngles: [
    { axis: [0, 0, 1], degrees: 90 },
    { axis: [1, 2, 3], radians: 0.1 },
  ],
};
const PLACES = [1, 2, 3, -0.1, 5.5, 1e30];

export function ellipsoids(rec: rr.RecordingStream): void {
  const shape = { halfSizes: [1, 2, 3, 0.1, 0.2, 0.3], centers: PLACES, fillMode: "Solid" } as const;
  rec.log("ellipsoids", new rr.Ellipsoids3D({ ...shape, ...POSE, ...STYLE, lineRadii: [0.01, -2] }));
  rec.log("one", new rr.Ellipsoids3D({ halfSizes: { x: 1, y: 2, z: 3 } }));
}

export function capsules(rec: rr.RecordingStream): void {
  const shape = { lengths: [1, 0.1], radii: [0.5, 0.2], translations: PLACES, fillMode: "DenseWireframe" } as const;
  rec.log("capsules", new rr.Capsules3D({ ...shape, ...POSE, ...STYLE, lineRadii: [0.01, -2] }));
  rec.log("one", new rr.Capsules3D({ lengths: 1, radii: 0.5 }));
}

export function cylinders(rec: rr.RecordingStream): void {
  const shape = { lengths: [1, 0.1], radii: [0.5, 0.2], centers: PLACES, fillMode: "majorwireframe" as "Solid" };
  rec.log("cylinders", new rr.Cylinders3D({ ...shape, ...POSE, ...STYLE, lineRadii: [0.01, -2] }));
  rec.log("one", new rr.Cylinders3D({ lengths: new Float64Array([0.1]), radii: new Int8Array([2]) }));
}

export function arrows(rec: rr.RecordingStream): void {
  rec.log("arrows", new rr.Arrows3D({ vectors: PLACES, origins: [0, 0, 0, 5, 5, 5], ...STYLE, radii: [0.1, -3] }));
  rec.log("one", new rr.Arrows3D({ vectors: [0.1, 0.2, 0.3] }));
}

export function poses(rec: rr.RecordingStream): void {
  const { quaternions, rotationAxisAngles } = POSE;
  const mat3x3 = [{ rows: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, { columns: [1, 2, 3, 4, 5, 6, 7, 8, 9] }];
  rec.log(
    "poses",
    new rr.InstancePoses3D({ translations: PLACES, scales: PLACES, quaternions, rotationAxisAngles, mat3x3 }),
  );
}

export function formsOfRotations(rec: rr.RecordingStream): void {
  const axis = [0, 0, 1];
  const rotations: readonly rr.types.RotationAxisAnglesLike[] = [
    { axis, degrees: 30 },
    { axis, radians: 0.1 },
    { axis, angle: 0.1 },
    { axis, angle: { radians: 0.1 } },
    { axis, angle: { degrees: 30 } },
    [{ axis: { x: 0, y: 0, z: 1 }, degrees: 30 }],
    [{ axis: new Float32Array(axis), degrees: 30 }],
    [{ axis: { toArray: () => axis }, degrees: 30 }],
    [],
  ];
  for (const [index, rotationAxisAngles] of rotations.entries())
    rec.log(`axis and angle ${index}`, new rr.InstancePoses3D({ rotationAxisAngles }));

  const xyzw = [0.1, 0.2, 0.3, 0.9];
  const [x, y, z, w] = xyzw as [number, number, number, number];
  const forms: readonly rr.types.Vec4sLike[] = [
    xyzw,
    [xyzw],
    { x, y, z, w },
    [{ x, y, z, w }],
    new Float32Array(xyzw),
    new Float64Array(xyzw),
    { toArray: () => xyzw },
    new Set([xyzw]),
  ];
  for (const [index, quaternions] of forms.entries())
    rec.log(`quaternion ${index}`, new rr.InstancePoses3D({ quaternions }));
}

export function formsOfMatrices(rec: rr.RecordingStream): void {
  const lines = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 0.1],
  ];
  const flat = lines.flat();
  const rows: readonly rr.types.MatricesLike[] = [
    lines,
    [lines],
    { rows: lines },
    { rows: flat },
    [{ rows: new Float64Array(flat) }],
    lines.map((line) => new Float32Array(line)),
  ];
  const columns: readonly rr.types.MatricesLike[] = [
    { columns: lines },
    { columns: flat },
    [{ columns: new Float32Array(flat) }],
    { toArray: () => flat },
    [{ toArray: () => flat }],
  ];
  for (const [index, mat3x3] of rows.entries()) rec.log(`rows ${index}`, new rr.InstancePoses3D({ mat3x3 }));
  for (const [index, mat3x3] of columns.entries()) rec.log(`columns ${index}`, new rr.InstancePoses3D({ mat3x3 }));
}

export function formsOfScales(rec: rr.RecordingStream): void {
  rec.log("number", new rr.InstancePoses3D({ scales: 0.1 }));
  rec.log("list of one", new rr.InstancePoses3D({ scales: [[1, 2, 3]] }));
  rec.log("typed", new rr.InstancePoses3D({ scales: new Uint8Array([1, 2, 3, 4, 5, 6]) }));
}
