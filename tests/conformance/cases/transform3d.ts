import * as rr from "@rerun-ts/node";

export function allFields(rec: rr.RecordingStream): void {
  const transform = new rr.Transform3D({
    translation: [1, 2, 3],
    rotationAxisAngle: { axis: [0, 0, 1], angle: 0.5 },
    quaternion: [0, 0, 0, 1],
    scale: [1, 2, 3],
    mat3x3: [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ],
    relation: "ChildFromParent",
    childFrame: "hand",
    parentFrame: "arm",
  });
  rec.log("arm", transform);
}

export function eachFieldByItself(rec: rr.RecordingStream): void {
  rec.log("translation", new rr.Transform3D({ translation: new Float32Array([0.1, 0.2, 0.3]) }));
  rec.log("quaternion", new rr.Transform3D({ quaternion: { x: 0.5, y: -0.5, z: 0.5, w: -0.5 } }));
  rec.log("frames", new rr.Transform3D({ childFrame: "tf#/a", parentFrame: "wörld" }));
}

export function scales(rec: rr.RecordingStream): void {
  rec.log("number", new rr.Transform3D({ scale: 2.5 }));
  rec.log("vector", new rr.Transform3D({ scale: [1, 2, 3] }));
  rec.log("object", new rr.Transform3D({ scale: { x: 1, y: 2, z: 3 } }));
}

export function axisAngles(rec: rr.RecordingStream): void {
  for (const degrees of [0, 30, 45, 90, 180, 360, -123.456]) {
    rec.log("degrees", new rr.Transform3D({ rotationAxisAngle: { axis: [0, 0, 1], degrees } }));
  }
  for (const radians of [0, 0.1, Math.PI, -1]) {
    rec.log("radians", new rr.Transform3D({ rotationAxisAngle: { axis: { x: 0, y: 2, z: 0 }, radians } }));
  }
  rec.log("angle", new rr.Transform3D({ rotationAxisAngle: { axis: new Float32Array([1, 1, 1]), angle: 1.25 } }));
}

export function matrices(rec: rr.RecordingStream): void {
  const lines = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ];
  rec.log("nested", new rr.Transform3D({ mat3x3: lines }));
  rec.log("rows", new rr.Transform3D({ mat3x3: { rows: lines } }));
  rec.log("flat rows", new rr.Transform3D({ mat3x3: { rows: lines.flat() } }));
  rec.log("columns", new rr.Transform3D({ mat3x3: { columns: lines } }));
  rec.log("flat columns", new rr.Transform3D({ mat3x3: { columns: new Float32Array(lines.flat()) } }));
  rec.log("three", new rr.Transform3D({ mat3x3: { toArray: () => lines.flat() } }));
}

export function everyRelation(rec: rr.RecordingStream): void {
  for (const relation of ["ParentFromChild", "ChildFromParent"] as const) {
    rec.log("by name", new rr.Transform3D({ translation: [0, 0, 0], relation }));
  }
  for (const relation of [1, 2]) rec.log("by number", new rr.Transform3D({ translation: [0, 0, 0], relation }));
}

/** A row without components is not stored. */
export function nothing(rec: rr.RecordingStream): void {
  rec.log("arm", new rr.Transform3D());
  rec.log("arm", new rr.Transform3D({ translation: undefined }));
  rec.log("arm", new rr.Transform3D({ translation: [1, 2, 3] }));
}
