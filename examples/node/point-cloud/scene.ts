// A lidar on the roof of a car: one point cloud per turn of its beams.
//
// examples/python/point_cloud.py logs exactly the same values.
import * as rr from "@rerun-ts/node";

type Vector = readonly [number, number, number];
type Range = readonly [low: number, high: number];
/** Its extent along x, y and z: from, to. */
type Box = readonly [Range, Range, Range];

const FRAMES = 50;
/** The height of the lidar, and its range. */
const [HEIGHT, RANGE] = [1.8, 24];
const [STEPS, RINGS] = [300, 28];
/** The cosine and sine of one step: 1/300 of a turn. */
const [COS, SIN] = [0.9997806834748455, 0.02094241988335696];

const box = (x: Range, y: Range, z: Range): Box => [x, y, z];
/** Boxes on both sides of the street, which runs along x. */
const HOUSES: Readonly<Record<string, Box>> = {
  bakery: box([-20, -11], [6, 13], [0, 9]),
  "town hall": box([-8, 1], [6, 14], [0, 14]),
  school: box([5, 16], [7, 13], [0, 8]),
  museum: box([-16, -6], [-13, -6], [0, 8]),
  library: box([-3, 5], [-14, -7], [0, 6]),
  hotel: box([9, 18], [-13, -6], [0, 11]),
};

export function logScene(rec: rr.RecordingStream): void {
  // Data that never changes is static: it applies at all times. In this world z is up.
  rec.log("world", rr.ViewCoordinates.RFU, { static: true });
  const roofs = Object.values(HOUSES).map(([[x0, x1], [y0, y1], [, top]]) => [(x0 + x1) / 2, (y0 + y1) / 2, top]);
  // One label per point; one colour and one radius for all.
  const marks = { labels: Object.keys(HOUSES), colors: "gold", radii: 0.5 };
  rec.log("world/roofs", new rr.Points3D(roofs, marks), { static: true });
  const car = new rr.Boxes3D({ halfSizes: [2, 0.9, 0.7], centers: [0, 0, 0.8], colors: "white", fillMode: "Solid" });
  rec.log("world/car", car, { static: true });
  rec.log("world/car/lidar", new rr.Transform3D({ translation: [0, 0, HEIGHT] }), { static: true });
  rec.log("nearest", new rr.SeriesLines({ colors: "orange", widths: 2, names: "nearest thing (m)" }), { static: true });

  for (let frame = 0; frame < FRAMES; frame++) {
    rec.setTime("frame", frame);
    // The car moves, and its child entities move with it: the cloud is in the coordinates of the lidar.
    const x = frame / 2 - 12.5;
    rec.log("world/car", new rr.Transform3D({ translation: [x, -2, 0] }));
    const truck = { halfSizes: [3, 1.2, 1.6], centers: [18 - frame, 2.5, 1.6] };
    rec.log("world/truck", new rr.Boxes3D({ ...truck, labels: "truck", colors: "orange" }));

    const boxes = [...Object.values(HOUSES), box([15 - frame, 21 - frame], [1.3, 3.7], [0, 3.2])];
    const positions: Vector[] = [];
    const distances: number[] = [];
    let nearest = RANGE;
    for (const beam of beams()) {
      const distance = reach([x, -2, HEIGHT], beam, boxes);
      if (distance > RANGE) continue;
      positions.push([beam[0] * distance, beam[1] * distance, beam[2] * distance]);
      distances.push(distance);
      if (beam[2] * distance > 0.1 - HEIGHT) nearest = Math.min(nearest, distance);
    }
    rec.log(
      "world/car/lidar",
      new rr.Points3D(positions, {
        // Three bytes per point.
        colors: { rgb: Uint8Array.from(positions.flatMap(([, , z]) => colorOf(z + HEIGHT))) },
        radii: distances.map((distance) => 0.06 + 0.003 * distance),
      }),
    );
    rec.log("nearest", new rr.Scalars(nearest));
  }
}

/** All directions of one turn. */
function* beams(): Generator<Vector> {
  // Rotated by multiplication: unlike `Math.cos`, the result is identical in all languages, to the last bit.
  let [x, y] = [0.8, 0.6];
  for (let step = 0; step < STEPS; step++) {
    for (let ring = 0; ring < RINGS; ring++) yield [x, y, -0.31 + 0.029 * ring];
    [x, y] = [x * COS - y * SIN, x * SIN + y * COS];
  }
}

/** The distance that a beam travels until it hits the ground or a box. */
function reach(origin: Vector, beam: Vector, boxes: readonly Box[]): number {
  let nearest = beam[2] < 0 ? -origin[2] / beam[2] : RANGE + 1;
  for (const sides of boxes) {
    // It is inside a box after it has passed the first wall of each pair, and before it passes a second one.
    let [enter, leave] = [0, nearest];
    for (const axis of [0, 1, 2] as const) {
      const [low, high] = sides[axis];
      const [a, b] = [(low - origin[axis]) / beam[axis], (high - origin[axis]) / beam[axis]];
      enter = Math.max(enter, Math.min(a, b));
      leave = Math.min(leave, Math.max(a, b));
    }
    if (enter < leave) nearest = enter;
  }
  return nearest;
}

/** A colour from blue on the ground over green to red at a height of 10. */
function colorOf(height: number): number[] {
  const part = Math.min(Math.max(height / 10, 0), 1);
  return [60 + 195 * part, 100 + 155 * (1 - Math.abs(2 * part - 1)), 255 * (1 - part)].map(Math.floor);
}
