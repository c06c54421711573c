// A camera that flies around some balls: its images, and the depths that turn them into a point cloud.
import * as rr from "@rerun-ts/node";

type Vector = readonly [number, number, number];

const FRAMES = 60;
const SIZE = { width: 240, height: 120 };
const FOCAL_LENGTH = 135;
const SKY: Vector = [28, 32, 44];
const BALLS: readonly { center: Vector; radius: number; color: Vector }[] = [
  { center: [0, 0, 1], radius: 1, color: [255, 120, 60] },
  { center: [1.6, 0.9, 0.6], radius: 0.6, color: [80, 200, 120] },
  { center: [-1.3, 1.1, 0.5], radius: 0.5, color: [90, 150, 255] },
  { center: [-0.6, -1.6, 0.45], radius: 0.45, color: [250, 210, 60] },
  { center: [1.4, -1.2, 0.35], radius: 0.35, color: [220, 100, 220] },
];
/** The direction of the light, and the radius of the round table under the balls. */
const [LIGHT, TABLE]: [Vector, number] = [[0.48, -0.36, 0.8], 3];

export function logScene(rec: rr.RecordingStream): void {
  rec.log("world", rr.ViewCoordinates.RFU, { static: true });
  // The camera has two sensors with the same lens, one for colours and one for depths.
  const lens = new rr.Pinhole({ ...SIZE, focalLength: FOCAL_LENGTH, imagePlaneDistance: 1.5, color: "white" });
  rec.log("world/camera/color", lens, { static: true });
  rec.log("world/camera/depth", lens, { static: true });

  for (let frame = 0; frame < FRAMES; frame++) {
    rec.setTime("frame", frame);
    const { position, axes } = poseAt((frame / FRAMES) * 2 * Math.PI);
    // Child entities of the camera move with it. Its axes point to the right, down and forward.
    rec.log("world/camera", new rr.Transform3D({ translation: position, mat3x3: { columns: axes } }));
    const { colors, millimetres } = render(position, axes);
    rec.log("world/camera/color", new rr.Image({ data: colors, ...SIZE }));
    // Below a pinhole, depths become a point cloud in 3D. Zero means that there is nothing.
    const depth = new rr.DepthImage({ data: millimetres, ...SIZE }, { meter: 1000, depthRange: [2500, 6500] });
    rec.log("world/camera/depth", depth);
  }
}

/** A position on a circle around the balls, looking at their centre. */
function poseAt(angle: number): { position: Vector; axes: readonly [Vector, Vector, Vector] } {
  const [x, y] = [Math.cos(angle), Math.sin(angle)];
  return {
    position: [3.6 * x, 3.6 * y, 3.3],
    axes: [
      [-y, x, 0],
      [0.6 * x, 0.6 * y, -0.8],
      [-0.8 * x, -0.8 * y, -0.6],
    ],
  };
}

/** Traces one ray per pixel. */
function render(
  eye: Vector,
  [right, down, forward]: readonly [Vector, Vector, Vector],
): { colors: Uint8Array; millimetres: Uint16Array } {
  const colors = new Uint8Array(SIZE.width * SIZE.height * 3);
  const millimetres = new Uint16Array(SIZE.width * SIZE.height);
  for (const pixel of millimetres.keys()) {
    const x = ((pixel % SIZE.width) + 0.5 - SIZE.width / 2) / FOCAL_LENGTH;
    const y = (Math.floor(pixel / SIZE.width) + 0.5 - SIZE.height / 2) / FOCAL_LENGTH;
    // Each step along the ray is one step forward, so the number of steps is the depth.
    const hit = trace(eye, plus(plus(forward, right, x), down, y));
    colors.set(hit?.color ?? SKY, pixel * 3);
    millimetres[pixel] = 1000 * (hit?.steps ?? 0);
  }
  return { colors, millimetres };
}

/** The first object on a ray, and its distance. */
function trace(eye: Vector, ray: Vector): { steps: number; color: number[] } | undefined {
  const ball = [...BALLS].sort((a, b) => meet(eye, ray, a) - meet(eye, ray, b))[0];
  const steps = ball === undefined ? Infinity : meet(eye, ray, ball);
  if (ball !== undefined && steps < Infinity) {
    const normal = plus(plus(eye, ray, steps), ball.center, -1);
    const light = 0.3 + 0.7 * Math.max(0, dot(normal, LIGHT) / ball.radius);
    return { steps, color: ball.color.map((value) => value * light) };
  }
  const point = plus(eye, ray, -eye[2] / ray[2]);
  if (Math.hypot(point[0], point[1]) > TABLE) return undefined;
  const isLight = (Math.floor(point[0] * 2) + Math.floor(point[1] * 2)) % 2 === 0;
  const isInShade = BALLS.some((one) => meet(point, LIGHT, one) < Infinity);
  const gray = (isLight ? 190 : 110) * (isInShade ? 0.4 : 1);
  return { steps: -eye[2] / ray[2], color: [gray, gray, gray * 1.1] };
}

/** The number of steps after which a ray hits a ball; Infinity if it never does. */
function meet(from: Vector, ray: Vector, { center, radius }: (typeof BALLS)[number]): number {
  const offset = plus(from, center, -1);
  const [a, b] = [dot(ray, ray), dot(offset, ray)];
  const root = b * b - a * (dot(offset, offset) - radius * radius);
  return root < 0 || b > 0 ? Infinity : (-b - Math.sqrt(root)) / a;
}

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const plus = (a: Vector, b: Vector, times: number): Vector => [
  a[0] + b[0] * times,
  a[1] + b[1] * times,
  a[2] + b[2] * times,
];
