import * as rr from "@rerun-ts/node";

export function allFields(rec: rr.RecordingStream): void {
  const points = new rr.Points3D(
    [
      [1, 2, 3],
      [4.5, -5.25, 1e-3],
    ],
    {
      radii: [0.5, 2],
      colors: [0xff0000ff, 0x00ff0080],
      labels: ["left", "right"],
      showLabels: true,
      pointShading: "Flat",
      classIds: [1, 65535],
      keypointIds: [0, 7],
    },
  );
  rec.log("points", points);
}

export function keypointsWithoutClass(rec: rr.RecordingStream): void {
  rec.log("points", new rr.Points3D([1, 2, 3], { keypointIds: 7 }));
  rec.log("empty", new rr.Points3D([1, 2, 3], { keypointIds: [] }));
  rec.log("update", rr.Points3D.fromFields({ keypointIds: 7 }));
}

export function oneOfEverything(rec: rr.RecordingStream): void {
  rec.log("points", new rr.Points3D([1, 2, 3], { radii: 0.5, colors: 0xff8800ff, labels: "one", classIds: 3 }));
}

export function everyFormOfPositions(rec: rr.RecordingStream): void {
  rec.log("one", new rr.Points3D([1, 2, 3]));
  rec.log("flat", new rr.Points3D([1, 2, 3, 4, 5, 6]));
  rec.log(
    "nested",
    new rr.Points3D([
      [1, 2, 3],
      [4, 5, 6],
    ]),
  );
  rec.log("float32", new rr.Points3D(new Float32Array([1.5, 2.5, 3.5, 4.5, 5.5, 6.5])));
  rec.log("float64", new rr.Points3D(new Float64Array([0.1, 0.2, 0.3, 1e30, 1 / 3, -1e-30])));
  rec.log("integers", new rr.Points3D(new Int16Array([-32768, 0, 32767])));
  rec.log("rows of typed arrays", new rr.Points3D([new Float32Array([1, 2, 3]), new Float32Array([4, 5, 6])]));
  rec.log(
    "objects",
    new rr.Points3D([
      { x: 1, y: 2, z: 3 },
      { x: 4, y: 5, z: 6 },
    ]),
  );
  rec.log("object", new rr.Points3D({ x: 1, y: 2, z: 3 }));
  rec.log("three", new rr.Points3D({ toArray: () => [1, 2, 3] }));
  rec.log(
    "iterable",
    new rr.Points3D(
      new Set([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ),
  );
}

export function noPoints(rec: rr.RecordingStream): void {
  rec.log("array", new rr.Points3D([]));
  rec.log("typed array", new rr.Points3D(new Float32Array(0)));
  rec.log("null", new rr.Points3D(null));
  rec.log("fields", new rr.Points3D([], { colors: [], labels: [], radii: [] }));
}

export function radiiInSceneUnitsAndUiPoints(rec: rr.RecordingStream): void {
  rec.log("points", new rr.Points3D([0, 0, 0, 1, 1, 1], { radii: [0.25, -5] }));
  rec.log("typed", new rr.Points3D([0, 0, 0, 1, 1, 1], { radii: new Float64Array([0.1, 0.3]) }));
}

export function everyShading(rec: rr.RecordingStream): void {
  for (const pointShading of ["Gradient", "Flat"] as const) {
    rec.log("by name", new rr.Points3D([0, 0, 0], { pointShading }));
  }
  for (const pointShading of [1, 2]) rec.log("by number", new rr.Points3D([0, 0, 0], { pointShading }));
}

export function oneValueForManyPoints(rec: rr.RecordingStream): void {
  rec.log("points", new rr.Points3D([0, 0, 0, 1, 1, 1, 2, 2, 2], { colors: [255, 0, 0], radii: 1, showLabels: false }));
}

export function manyPoints(rec: rr.RecordingStream): void {
  const positions = Float32Array.from({ length: 30_000 }, (_, index) => index / 7);
  const colors = Uint32Array.from({ length: 10_000 }, (_, index) => index * 256 + 255);
  rec.log("points", new rr.Points3D(positions, { colors }));
}
