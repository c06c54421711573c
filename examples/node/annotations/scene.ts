// The output of an object detector: classes of pixels, boxes and the joints of a person.
import * as rr from "@rerun-ts/node";

type Point = readonly [x: number, y: number];
/** A class, and a test whether an object of it covers a pixel. */
type Shape = readonly [id: number, covers: (pixel: Point) => boolean];

const FRAMES = 50;
const SIZE = { width: 360, height: 190 };
/** By class number: the name, the colour in annotations, and the colour in the photo. */
const CLASSES = [
  { label: "sky", color: "#2f5fa8", look: [150, 190, 235] },
  { label: "road", color: "#6d6d78", look: [95, 95, 100] },
  { label: "house", color: "#e07a3f", look: [170, 90, 70] },
  { label: "tree", color: "#35c759", look: [60, 110, 50] },
  { label: "car", color: "#ffd23c", look: [190, 40, 45] },
  { label: "person", color: "#ff4fa0", look: [50, 60, 120] },
] as const;
const [SKY, ROAD, HOUSE, TREE, CAR, PERSON] = [0, 1, 2, 3, 4, 5];
const JOINTS = "head neck hip elbow hand elbow hand knee foot knee foot".split(" ");
/** Pairs of connected joints, by their numbers. */
const BONES = "0-1 1-2 1-3 3-4 1-5 5-6 2-7 7-8 2-9 9-10".split(" ").map((bone): Point => {
  const [from = 0, to = 0] = bone.split("-").map(Number);
  return [from, to];
});

export function logScene(rec: rr.RecordingStream): void {
  // The meaning of the numbers below, for an entity and its children. People have joints, and bones between them.
  const keypointAnnotations = JOINTS.map((label, id) => ({ id, label, color: "white" }));
  const annotations = CLASSES.map(({ label, color }, id) => {
    const info = { id, label, color };
    return id === PERSON ? { info, keypointAnnotations, keypointConnections: BONES } : info;
  });
  rec.log("photo", new rr.AnnotationContext(annotations), { static: true });

  for (let frame = 0; frame < FRAMES; frame++) {
    rec.setTime("frame", frame);
    const car: Point = [410 - 5.5 * frame, 142];
    const joints = walk([70 + 3 * frame, 120], frame / 4);
    const ids = findClasses(shapesOf(car, joints));
    rec.log("photo", new rr.Image({ data: takePhoto(ids), ...SIZE }));
    // The class number of each pixel, drawn over the photo.
    rec.log("photo/classes", new rr.SegmentationImage({ data: ids, ...SIZE }, { opacity: 0.4 }));

    // Colours and labels come from the classes.
    const xs = joints.map(([x]) => x);
    const [left, right] = [Math.min(...xs) - 8, Math.max(...xs) + 8];
    const boxes = { mins: [left, 50, car[0] - 52, 112], sizes: [right - left, 122, 104, 50] };
    rec.log("photo/boxes", new rr.Boxes2D({ ...boxes, classIds: [PERSON, CAR] }));
    const keypoints = { classIds: PERSON, keypointIds: [...joints.keys()], radii: 2.5, showLabels: false };
    rec.log("photo/joints", new rr.Points2D(joints, keypoints));
  }
}

/** The positions of the joints of a walking person. */
function walk([x, y]: Point, time: number): Point[] {
  const swing = Math.sin(time) * 0.6;
  const neck: Point = [x, y - 42];
  const joints: Point[] = [[x + 2, y - 58], neck, [x, y]];
  for (const angle of [-swing, swing]) {
    const elbow = endOf(neck, angle, 20);
    joints.push(elbow, endOf(elbow, angle + 0.4, 20));
  }
  for (const angle of [swing, -swing]) {
    const knee = endOf([x, y], angle, 26);
    joints.push(knee, endOf(knee, angle - 0.3, 26));
  }
  return joints;
}

const endOf = ([x, y]: Point, angle: number, length: number): Point => [
  x + Math.sin(angle) * length,
  y + Math.cos(angle) * length,
];

/** All shapes, from front to back. */
function shapesOf(car: Point, joints: readonly Point[]): Shape[] {
  const [head = car] = joints;
  const bones = BONES.map(([from, to]) => [joints[from] ?? head, joints[to] ?? head] as const);
  return [
    [PERSON, (pixel) => isNear(pixel, head, head, 10) || bones.some(([from, to]) => isNear(pixel, from, to, 5))],
    [CAR, ([x, y]) => isCar(Math.abs(x - car[0]), y - car[1])],
    [ROAD, ([, y]) => y > 125],
    [TREE, (pixel) => isNear(pixel, [270, 55], [270, 55], 40) || isNear(pixel, [270, 55], [270, 125], 6)],
    [HOUSE, ([x, y]) => x > 30 && x < 140 && y > 25 + Math.abs(x - 85) / 2],
  ];
}

const isCar = (x: number, y: number): boolean =>
  (x < 48 && Math.abs(y) < 11) || (y < 0 && y > -26 && x < 40 + y) || isNear([x, y], [28, 10], [28, 10], 9);

/** Whether a point is within this distance of the line between two others. */
function isNear(place: Point, from: Point, to: Point, reach: number): boolean {
  const x = place[0] - from[0];
  const y = place[1] - from[1];
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const part = Math.min(Math.max((x * dx + y * dy) / (dx * dx + dy * dy || 1), 0), 1);
  return (x - dx * part) ** 2 + (y - dy * part) ** 2 < reach * reach;
}

/** The class of the frontmost shape at each pixel. */
function findClasses(shapes: readonly Shape[]): Uint8Array {
  const ids = new Uint8Array(SIZE.width * SIZE.height);
  for (let index = 0; index < ids.length; index++) {
    const pixel: Point = [index % SIZE.width, Math.floor(index / SIZE.width)];
    ids[index] = shapes.find(([, covers]) => covers(pixel))?.[0] ?? SKY;
  }
  return ids;
}

/** Paints each class in its colour, darker from top to bottom, with a grain that is the same in each run. */
function takePhoto(ids: Uint8Array): Uint8ClampedArray {
  const data = new Uint8ClampedArray(SIZE.width * SIZE.height * 3);
  for (let index = 0; index < data.length; index++) {
    const pixel = Math.floor(index / 3);
    const light = 1.1 - pixel / SIZE.width / 600 + ((pixel * 7919) % 31) / 300;
    data[index] = light * (CLASSES[ids[pixel] ?? SKY]?.look[index % 3] ?? 0);
  }
  return data;
}
