import * as rr from "@rerun-ts/node";

export function allFields(rec: rr.RecordingStream): void {
  const boxes = new rr.Boxes3D({
    halfSizes: [
      [1, 2, 3],
      [0.5, 0.25, 0.125],
    ],
    centers: [
      [0, 0, 0],
      [10, -10, 1],
    ],
    quaternions: [
      [0, 0, 0, 1],
      [0.5, 0.5, 0.5, 0.5],
    ],
    rotationAxisAngles: [
      { axis: [0, 0, 1], angle: 0.5 },
      { axis: [1, 0, 0], angle: 1 },
    ],
    colors: [0xff0000ff, 0x00ff0080],
    radii: [0.01, -2],
    fillMode: "Solid",
    labels: ["one", "two"],
    showLabels: false,
    classIds: [7, 8],
  });
  rec.log("boxes", boxes);
}

export function halfSizes(rec: rr.RecordingStream): void {
  rec.log("one", new rr.Boxes3D({ halfSizes: [1, 2, 3] }));
  rec.log("flat", new rr.Boxes3D({ halfSizes: new Float32Array([1, 2, 3, 4, 5, 6]), centers: [0, 0, 0, 1, 1, 1] }));
}

export function sizes(rec: rr.RecordingStream): void {
  rec.log("one", new rr.Boxes3D({ sizes: [1, 2, 3] }));
  rec.log(
    "several",
    new rr.Boxes3D({
      sizes: [
        [1, 2, 3],
        [0.1, 0.2, 0.3],
      ],
      centers: [
        [1, 1, 1],
        [2, 2, 2],
      ],
    }),
  );
}

export function mins(rec: rr.RecordingStream): void {
  rec.log("with sizes", new rr.Boxes3D({ mins: [1, 1, 1], sizes: [1, 2, 3] }));
  rec.log("with half sizes", new rr.Boxes3D({ mins: [1, 1, 1], halfSizes: [1, 2, 3] }));
  rec.log(
    "several",
    new rr.Boxes3D({
      mins: [
        [0.1, 0.2, 0.3],
        [-1, -1, -1],
      ],
      sizes: [
        [0.7, 0.8, 0.9],
        [1, 1, 1],
      ],
    }),
  );
  rec.log(
    "of one size",
    new rr.Boxes3D({
      mins: [
        [0, 0, 0],
        [5, 5, 5],
      ],
      sizes: [[2, 2, 2]],
    }),
  );
}

export function rotations(rec: rr.RecordingStream): void {
  rec.log("degrees", new rr.Boxes3D({ halfSizes: [1, 1, 1], rotationAxisAngles: { axis: [0, 0, 1], degrees: 30 } }));
  rec.log("radians", new rr.Boxes3D({ halfSizes: [1, 1, 1], rotationAxisAngles: { axis: [0, 3, 0], radians: 2 } }));
  rec.log("object", new rr.Boxes3D({ halfSizes: [1, 1, 1], quaternions: { x: 0.1, y: 0.2, z: 0.3, w: 0.9 } }));
}

export function everyFillMode(rec: rr.RecordingStream): void {
  const names = ["MajorWireframe", "DenseWireframe", "Solid", "TransparentFillMajorWireframe"] as const;
  for (const fillMode of names) rec.log("by name", new rr.Boxes3D({ halfSizes: [1, 1, 1], fillMode }));
  for (const fillMode of [1, 2, 3, 4]) rec.log("by number", new rr.Boxes3D({ halfSizes: [1, 1, 1], fillMode }));
}

export function noBoxes(rec: rr.RecordingStream): void {
  rec.log("boxes", new rr.Boxes3D({ halfSizes: [], centers: [] }));
  rec.log("null", new rr.Boxes3D({ halfSizes: null }));
}
