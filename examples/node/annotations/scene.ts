// What a detector of objects says: classes of pixels, boxes and the joints of a person.
import * as rr from "@rerun-ts/node";

type Point = readonly [x: number, y: number];
/** What there is in the picture, and whether it covers a pixel. Later shapes are before earlier ones. */
type Shape = readonly [name: keyof typeof CLASSES, covers: (x: number, y: number) => boolean];

const FRAMES = 80;
const [WIDTH, HEIGHT] = [360, 190];
/** By name: the number of the class, its colour in annotations, and the colour of the thing itself. */
const CLASSES = {
  sky: { id: 0, color: "#2f5fa8", look: [150, 190, 235] },
  road: { id: 1, color: "#6d6d78", look: [95, 95, 100] },
  house: { id: 2, color: "#e07a3f", look: [170, 90, 70] },
  tree: { id: 3, color: "#35c759", look: [60, 110, 50] },
  car: { id: 4, color: "#ffd23c", look: [190, 40, 45] },
  person: { id: 5, color: "#ff4fa0", look: [50, 60, 120] },
} as const;
const JOINTS = "head neck hip left-elbow left-hand right-elbow right-hand left-knee left-foot right-knee right-foot";
const BONES: readonly Point[] = [
  [0, 1],
  [1, 2],
  [1, 3],
  [3, 4],
  [1, 5],
  [5, 6],
  [2, 7],
  [7, 8],
  [2, 9],
  [9, 10],
];

export function logScene(rec: rr.RecordingStream): void {
  // What the numbers below mean, for an entity and everything below it. People have joints, and bones between them.
  const annotations = Object.entries(CLASSES).map(([label, { id, color }]) => ({
    info: { id, label, color },
    keypointAnnotations:
      label === "person" ? JOINTS.split(" ").map((joint, index) => [index, joint, "white"] as const) : [],
    keypointConnections: label === "person" ? BONES : [],
  }));
  rec.log("photo", new rr.AnnotationContext(annotations), { static: true });

  for (let frame = 0; frame < FRAMES; frame++) {
    rec.setTime("frame", frame);
    const car: Point = [440 - 5.5 * frame, 142];
    const joints = walk([60 + 2.5 * frame, 135], frame / 4);
    const shapes = shapesOf(car, joints);
    rec.log("photo", new rr.Image({ data: takePhoto(shapes), width: WIDTH, height: HEIGHT }));
    // The number of a class for each pixel. It is drawn half transparent over the picture.
    const ids = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, pixel) => CLASSES[nameAt(shapes, pixel)].id);
    rec.log("photo/classes", new rr.SegmentationImage({ data: ids, width: WIDTH, height: HEIGHT }));

    // These have no colours and texts of their own: they are those of the classes.
    const xs = joints.map(([x]) => x);
    const [left, right] = [Math.min(...xs) - 8, Math.max(...xs) + 8];
    const boxes = {
      mins: [
        [left, 65],
        [car[0] - 52, 112],
      ],
      sizes: [
        [right - left, 122],
        [104, 50],
      ],
    };
    rec.log("photo/boxes", new rr.Boxes2D({ ...boxes, classIds: [CLASSES.person.id, CLASSES.car.id] }));
    const keypoints = { classIds: CLASSES.person.id, keypointIds: [...joints.keys()], radii: 2.5 };
    rec.log("photo/joints", new rr.Points2D(joints, { ...keypoints, showLabels: false }));
  }
}

/** Where the joints are of somebody who walks. */
function walk([x, y]: Point, time: number): Point[] {
  const swing = Math.sin(time) * 0.6;
  const end = ([fromX, fromY]: Point, angle: number, length: number): Point => [
    fromX + Math.sin(angle) * length,
    fromY + Math.cos(angle) * length,
  ];
  const neck: Point = [x, y - 42];
  const joints: Point[] = [[x + 2, y - 58], neck, [x, y]];
  for (const angle of [swing, -swing]) {
    const elbow = end(neck, -angle, 20);
    joints.push(elbow, end(elbow, 0.4 - angle, 20));
  }
  for (const angle of [swing, -swing]) {
    const knee = end([x, y], angle, 26);
    joints.push(knee, end(knee, angle - 0.3, 26));
  }
  return joints;
}

function shapesOf([carX, carY]: Point, joints: readonly Point[]): Shape[] {
  const isNear = (x: number, y: number, to: Point, reach: number): boolean => Math.hypot(x - to[0], y - to[1]) < reach;
  const bones = BONES.map(([from, to]) => [joints[from] ?? [0, 0], joints[to] ?? [0, 0]] as const);
  return [
    ["sky", () => true],
    ["house", (x, y) => x > 30 && x < 140 && y > 25 + Math.abs(x - 85) / 2],
    ["tree", (x, y) => isNear(x, y, [270, 55], 40) || (Math.abs(x - 270) < 6 && y > 55)],
    ["road", (_, y) => y > 125],
    ["car", (x, y) => (Math.abs(x - carX) < 48 && Math.abs(y - carY) < 12) || isNear(x, y, [carX, carY - 4], 22)],
    ["person", (x, y) => isNear(x, y, joints[0] ?? [0, 0], 10) || bones.some(([a, b]) => fromBone([x, y], a, b) < 5)],
  ];
}

/** How far a place is from the line between two others. */
function fromBone([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const part = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0), 1);
  return Math.hypot(x - ax - dx * part, y - ay - dy * part);
}

/** What is in front at a pixel. */
function nameAt(shapes: readonly Shape[], pixel: number): keyof typeof CLASSES {
  const [x, y] = [pixel % WIDTH, Math.floor(pixel / WIDTH)];
  return shapes.filter(([, covers]) => covers(x, y)).at(-1)?.[0] ?? "sky";
}

/** It gets darker from top to bottom, with a grain that is the same in each run. */
function takePhoto(shapes: readonly Shape[]): Uint8ClampedArray {
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 3);
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
    const light = 1.1 - pixel / WIDTH / 600 + ((pixel * 7919) % 31) / 300;
    data.set(
      CLASSES[nameAt(shapes, pixel)].look.map((value) => value * light),
      pixel * 3,
    );
  }
  return data;
}
