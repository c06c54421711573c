// A camera that flies around some balls: its pictures, and the depths that make them a cloud.
import * as rr from "@rerun-ts/node";

type Vector = readonly [number, number, number];

const FRAMES = 60;
const [WIDTH, HEIGHT, FOCAL_LENGTH] = [200, 150, 190];
const BALLS: readonly { center: Vector; radius: number; color: Vector }[] = [
  { center: [0, 0, 1], radius: 1, color: [255, 120, 60] },
  { center: [1.6, 0.9, 0.6], radius: 0.6, color: [80, 200, 120] },
  { center: [-1.3, 1.1, 0.5], radius: 0.5, color: [90, 150, 255] },
  { center: [-0.4, -1.6, 0.45], radius: 0.45, color: [250, 210, 60] },
  { center: [1.4, -1.2, 0.35], radius: 0.35, color: [220, 100, 220] },
];
const LIGHT: Vector = [0.48, -0.36, 0.8];

export function logScene(rec: rr.RecordingStream): void {
  rec.log("world", rr.ViewCoordinates.RFU, { static: true });
  // Where a camera is changes; its lens does not.
  const lens = { focalLength: FOCAL_LENGTH, width: WIDTH, height: HEIGHT, imagePlaneDistance: 1 };
  rec.log("world/camera", new rr.Pinhole(lens), { static: true });

  for (let frame = 0; frame < FRAMES; frame++) {
    rec.setTime("frame", frame);
    const { position, axes } = poseAt((frame / FRAMES) * 2 * Math.PI);
    // The columns of its matrix are the axes of a camera: right, down and forward.
    rec.log("world/camera", new rr.Transform3D({ translation: position, mat3x3: { columns: axes } }));
    const { colors, depths } = render(position, axes);
    rec.log("world/camera/image", new rr.Image({ data: colors, width: WIDTH, height: HEIGHT }));
    // Below a pinhole the viewer makes a cloud of depths, each in the direction of its pixel.
    const depth = { data: depths, width: WIDTH, height: HEIGHT };
    rec.log("world/camera/depth", new rr.DepthImage(depth, { meter: 1000, depthRange: [2000, 9000] }));
  }
}

/** On a circle around the balls, looking at their middle. */
function poseAt(angle: number): { position: Vector; axes: readonly [Vector, Vector, Vector] } {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const forward: Vector = [-0.9 * cos, -0.9 * sin, -Math.sqrt(0.19)];
  const down: Vector = [-Math.sqrt(0.19) * cos, -Math.sqrt(0.19) * sin, 0.9 * -1];
  return { position: [5 * cos, 5 * sin, 3], axes: [[-sin, cos, 0], down, forward] };
}

/** Follows the ray of each pixel to the first thing that it meets. */
function render(
  eye: Vector,
  [right, down, forward]: readonly [Vector, Vector, Vector],
): { colors: Uint8Array; depths: Uint16Array } {
  const colors = new Uint8Array(WIDTH * HEIGHT * 3);
  const depths = new Uint16Array(WIDTH * HEIGHT);
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
    const x = ((pixel % WIDTH) + 0.5 - WIDTH / 2) / FOCAL_LENGTH;
    const y = (Math.floor(pixel / WIDTH) + 0.5 - HEIGHT / 2) / FOCAL_LENGTH;
    // One step along the ray is one step forward, so that the number of steps is the depth.
    const ray = forward.map((value, axis) => value + x * (right[axis] ?? 0) + y * (down[axis] ?? 0)) as [
      number,
      number,
      number,
    ];
    const { depth, color } = trace(eye, ray);
    if (depth > 12) continue;
    depths[pixel] = 1000 * depth;
    colors.set(color, pixel * 3);
  }
  return { colors, depths };
}

/** How far away the first thing on a ray is, and its colour. */
function trace(eye: Vector, ray: Vector): { depth: number; color: number[] } {
  const floor = at(eye, ray, -eye[2] / ray[2]);
  let depth = ray[2] < 0 ? -eye[2] / ray[2] : Infinity;
  const isLight = (Math.floor(floor[0]) + Math.floor(floor[1])) % 2 === 0;
  let color = (isLight ? [150, 150, 160] : [70, 70, 80]).map((value) => value * (isShaded(floor) ? 0.4 : 1));
  for (const ball of BALLS) {
    const steps = meet(eye, ray, ball);
    if (steps >= depth) continue;
    depth = steps;
    const point = at(eye, ray, steps);
    const normal = point.map((value, axis) => (value - (ball.center[axis] ?? 0)) / ball.radius) as [
      number,
      number,
      number,
    ];
    const light = 0.25 + 0.75 * Math.max(0, dot(normal, LIGHT));
    color = ball.color.map((value) => value * light);
  }
  return { depth, color };
}

const isShaded = (point: Vector): boolean => BALLS.some((ball) => meet(point, LIGHT, ball) < Infinity);

/** After how many steps a ray meets a ball. */
function meet(from: Vector, ray: Vector, { center, radius }: (typeof BALLS)[number]): number {
  const offset = at(from, center, -1).map((value) => value) as [number, number, number];
  const [a, b, c] = [dot(ray, ray), dot(offset, ray), dot(offset, offset) - radius * radius];
  const root = b * b - a * c;
  return root < 0 || b > 0 ? Infinity : (-b - Math.sqrt(root)) / a;
}

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
/** A vector plus a multiple of another. */
const at = (a: Vector, b: Vector, times: number): Vector => [
  a[0] + b[0] * times,
  a[1] + b[1] * times,
  a[2] + b[2] * times,
];
