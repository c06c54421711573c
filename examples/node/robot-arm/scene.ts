// A robot arm: transforms in a chain, meshes made in code, and the angles of its joints.
//
// examples/python/robot_arm.py logs exactly the same values.
import * as rr from "@rerun-ts/node";

type Vector = readonly [number, number, number];

/** The joints from the floor to the hand: the axis of rotation, and the length and thickness of the part behind it. */
const JOINTS = [
  { name: "base", axis: [0, 0, 1], length: 0.8, radius: 0.4, color: "slategray" },
  { name: "shoulder", axis: [0, 1, 0], length: 1.6, radius: 0.25, color: "orange" },
  { name: "elbow", axis: [0, 1, 0], length: 1.3, radius: 0.2, color: "gold" },
  { name: "wrist", axis: [0, 1, 0], length: 0.4, radius: 0.15, color: "tomato" },
] as const;
/** The entity path of each part, which is a child of the part that carries it. */
const pathOf = (joint: number): string => ["arm", ...JOINTS.slice(0, joint + 1).map(({ name }) => name)].join("/");
const HAND = `${pathOf(3)}/hand`;

/** The joint angles of each pose, in degrees. */
const POSES = [
  [70, 0, 30, 40],
  [-20, 5, 115, 60],
  [-20, 20, 110, 50],
  [70, 0, 60, 90],
  [160, 5, 115, 60],
  [160, 20, 110, 50],
  [70, 0, 30, 40],
] as const;
const FRAMES_PER_POSE = 30;
/** The position of the box in the third and in the sixth pose. */
const FROM: Vector = [1.45, -0.5278, 0.868];
const TO: Vector = [-1.45, 0.5278, 0.868];
/** The cosine and sine of 1/24 of a turn. */
const [COS, SIN] = [0.9659258262890683, 0.25881904510252074];

export function logScene(rec: rr.RecordingStream): void {
  rec.log("arm", rr.ViewCoordinates.RFU, { static: true });
  const [names, colors] = [JOINTS.map(({ name }) => name), JOINTS.map(({ color }) => color)];
  // One entity with four numbers is one plot with four curves.
  rec.log("joints", new rr.SeriesLines({ names, colors, widths: [2, 2, 2, 2] }), { static: true });
  const tables = new rr.Boxes3D({
    centers: [FROM, TO].map(([x, y]) => [x, y, 0.334]),
    halfSizes: [0.3, 0.3, 0.334],
    labels: ["from", "to"],
    colors: "silver",
    fillMode: "Solid",
  });
  rec.log("arm/tables", tables, { static: true });
  for (const [index, { length, radius, color }] of JOINTS.entries()) {
    rec.log(pathOf(index), rod(length, radius, color), { static: true });
  }
  rec.log(HAND, [new rr.Transform3D({ translation: [0, 0, 0.4] }), new rr.TransformAxes3D(0.6)], { static: true });

  const box = new rr.Boxes3D({ halfSizes: [0.2, 0.2, 0.2], colors: "limegreen", fillMode: "Solid" });
  for (let frame = 0; frame < (POSES.length - 1) * FRAMES_PER_POSE; frame++) {
    rec.setTime("frame", frame);
    const angles = JOINTS.map((_, joint) => angleAt(frame, joint));
    rec.log("joints", new rr.Scalars(angles));
    for (const [index, { axis }] of JOINTS.entries()) {
      // Each part is relative to the one before it, wherever that is.
      const rotationAxisAngle = { axis, degrees: angles[index] ?? 0 };
      const translation = [0, 0, JOINTS[index - 1]?.length ?? 0];
      rec.log(pathOf(index), new rr.Transform3D({ translation, rotationAxisAngle }));
    }
    // The box is on a table, then in the hand, then on the other table.
    const pose = frame / FRAMES_PER_POSE;
    if (pose === 0) rec.log("arm/box", [box, new rr.Transform3D({ translation: FROM })]);
    if (pose === 2) {
      rec.log("arm/box", rr.Clear.flat());
      rec.log(`${HAND}/box`, [box, new rr.Transform3D({ translation: [0, 0, 0.2] })]);
    }
    if (pose === 5) {
      rec.log(`${HAND}/box`, rr.Clear.flat());
      rec.log("arm/box", [box, new rr.Transform3D({ translation: TO })]);
    }
  }
}

/** Eases a joint between two poses: it accelerates and brakes. */
function angleAt(frame: number, joint: number): number {
  const pose = Math.floor(frame / FRAMES_PER_POSE);
  const part = (frame % FRAMES_PER_POSE) / FRAMES_PER_POSE;
  const [from, to] = [POSES[pose]?.[joint] ?? 0, POSES[pose + 1]?.[joint] ?? 0];
  return from + (to - from) * (part * part * (3 - 2 * part));
}

/** A rod with round ends, built like on a lathe: rings of vertices with triangles between them. */
function rod(length: number, radius: number, color: string): rr.Mesh3D {
  const rings = [
    [0, -radius],
    [0.7 * radius, -0.7 * radius],
    [radius, 0],
    [0.8 * radius, length],
    [0.5 * radius, length + 0.6 * radius],
    [0, length + 0.8 * radius],
  ];
  const corners: Vector[] = [];
  const normals: Vector[] = [];
  const triangles: Vector[] = [];
  for (const [ring, [width = 0, height = 0]] of rings.entries()) {
    // Rotated by multiplication: unlike `Math.cos`, the result is identical in all languages, to the last bit.
    let [x, y] = [width, 0];
    for (let side = 0; side < 24; side++) {
      corners.push([x, y, height]);
      normals.push([x, y, height - Math.min(Math.max(height, 0), length)]);
      [x, y] = [x * COS - y * SIN, x * SIN + y * COS];
      if (ring === 0) continue;
      const [a, b] = [ring * 24 + side, ring * 24 + ((side + 1) % 24)];
      triangles.push([a - 24, b - 24, a], [b - 24, b, a]);
    }
  }
  return new rr.Mesh3D({
    vertexPositions: corners,
    vertexNormals: normals,
    triangleIndices: triangles,
    albedoFactor: color,
  });
}
