// A robot arm: transforms in a chain, meshes made in code, and the angles of its joints.
//
// examples/python/robot_arm.py logs the same, value by value.
import * as rr from "@rerun-ts/node";

type Vector = readonly [number, number, number];

/** From the floor to the hand: around which axis each joint turns, and how long and thick the part after it is. */
const JOINTS = [
  { name: "base", axis: [0, 0, 1], length: 0.6, radius: 0.35, color: "slategray" },
  { name: "shoulder", axis: [0, 1, 0], length: 1.6, radius: 0.2, color: "orange" },
  { name: "elbow", axis: [0, 1, 0], length: 1.3, radius: 0.15, color: "gold" },
  { name: "wrist", axis: [0, 1, 0], length: 0.4, radius: 0.1, color: "tomato" },
] as const;

/** The angles of the joints in degrees, one pose after the other. */
const POSES = [
  [0, 0, 30, 40],
  [-60, 45, 60, 60],
  [-60, 60, 70, 45],
  [20, 10, 50, 80],
  [80, 50, 55, 70],
  [80, 65, 65, 45],
  [0, 0, 30, 40],
] as const;
const FRAMES_PER_POSE = 30;

export function logScene(rec: rr.RecordingStream): void {
  rec.log("arm", rr.ViewCoordinates.RFU, { static: true });
  let path = "arm";
  for (const { name, length, radius, color } of JOINTS) {
    path += `/${name}`;
    rec.log(path, cylinder(length, radius, color), { static: true });
    rec.log(`angles/${name}`, new rr.SeriesLines({ names: name, colors: color, widths: 2 }), { static: true });
  }
  rec.log(`${path}/hand`, new rr.Transform3D({ translation: [0, 0, 0.4] }), { static: true });
  rec.log(`${path}/hand`, new rr.TransformAxes3D(0.5), { static: true });

  for (let frame = 0; frame < (POSES.length - 1) * FRAMES_PER_POSE; frame++) {
    rec.setTime("frame", frame);
    let [path, height] = ["arm", 0];
    for (const [index, { name, axis, length }] of JOINTS.entries()) {
      // Each part is told in the space of the part before: it need not know where that is.
      path += `/${name}`;
      const degrees = angleAt(frame, index);
      rec.log(path, new rr.Transform3D({ translation: [0, 0, height], rotationAxisAngle: { axis, degrees } }));
      rec.log(`angles/${name}`, new rr.Scalars(degrees));
      height = length;
    }
  }
}

/** Between two poses a joint speeds up and slows down again. */
function angleAt(frame: number, joint: number): number {
  const pose = Math.floor(frame / FRAMES_PER_POSE);
  const part = (frame % FRAMES_PER_POSE) / FRAMES_PER_POSE;
  const [from, to] = [POSES[pose]?.[joint] ?? 0, POSES[pose + 1]?.[joint] ?? 0];
  return from + (to - from) * (part * part * (3 - 2 * part));
}

/** A cylinder that stands on the origin, as triangles. */
function cylinder(length: number, radius: number, color: string): rr.Mesh3D {
  const positions: Vector[] = [];
  const normals: Vector[] = [];
  const triangles: Vector[] = [];
  for (const [x, y] of circle()) {
    const first = positions.length;
    positions.push([x * radius, y * radius, 0], [x * radius * 0.8, y * radius * 0.8, length]);
    normals.push([x, y, 0], [x, y, 0]);
    const next = (first + 2) % 48;
    triangles.push([first, next, first + 1], [next, next + 1, first + 1]);
  }
  return new rr.Mesh3D({
    vertexPositions: positions,
    vertexNormals: normals,
    triangleIndices: triangles,
    albedoFactor: color,
  });
}

/** 24 points of a circle. Turned by multiplication: that is the same to the last bit in all languages. */
function* circle(): Generator<readonly [number, number]> {
  const [cos, sin] = [0.9659258262890683, 0.25881904510252074];
  let [x, y] = [1, 0];
  for (let corner = 0; corner < 24; corner++) {
    yield [x, y];
    [x, y] = [x * cos - y * sin, x * sin + y * cos];
  }
}
