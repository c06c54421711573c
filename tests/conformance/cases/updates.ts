import * as rr from "@rerun-ts/node";

export function partial(rec: rr.RecordingStream): void {
  rec.log(
    "points",
    new rr.Points3D(
      [
        [0, 0, 0],
        [1, 1, 1],
      ],
      { colors: [255, 0, 0], radii: 1 },
    ),
  );
  rec.log("points", rr.Points3D.fromFields({ colors: [0, 255, 0] }));
  rec.log("points", rr.Points3D.fromFields({ positions: [[5, 5, 5]] }));
  rec.log("points", rr.Points3D.fromFields({ radii: [] }));
  rec.log("points", rr.Points3D.fromFields({ radii: null, labels: "back" }));
}

export function clearUnset(rec: rr.RecordingStream): void {
  rec.log("points", rr.Points3D.fromFields({ positions: [[5, 5, 5]] }, { clearUnset: true }));
  rec.log("transform", rr.Transform3D.fromFields({ translation: [1, 2, 3] }, { clearUnset: true }));
  rec.log("boxes", rr.Boxes3D.fromFields({ halfSizes: [[1, 1, 1]], labels: ["a"] }, { clearUnset: true }));
}

export function cleared(rec: rr.RecordingStream): void {
  const all = [
    rr.Boxes3D,
    rr.Clear,
    rr.Image,
    rr.Pinhole,
    rr.Points3D,
    rr.RecordingInfo,
    rr.Scalars,
    rr.TextDocument,
    rr.TextLog,
    rr.Transform3D,
  ];
  for (const archetype of all) rec.log(archetype.archetype, archetype.cleared());
}

export function everyArchetype(rec: rr.RecordingStream): void {
  rec.log("scalars", rr.Scalars.fromFields({ scalars: [1, 2] }));
  rec.log("log", rr.TextLog.fromFields({ level: "INFO", color: [255, 0, 0] }));
  rec.log("document", rr.TextDocument.fromFields({ mediaType: "text/markdown" }));
  rec.log("boxes", rr.Boxes3D.fromFields({ centers: [[1, 2, 3]], fillMode: "Solid" }));
  rec.log("camera", rr.Pinhole.fromFields({ imagePlaneDistance: 2, resolution: [4, 3] }));
  rec.log("image", rr.Image.fromFields({ opacity: 0.25 }));
  rec.log("clear", rr.Clear.fromFields({ isRecursive: true }));
  rec.log(
    "transform",
    rr.Transform3D.fromFields({
      scale: [[1, 2, 3]],
      mat3x3: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    }),
  );
}

export function clears(rec: rr.RecordingStream): void {
  rec.log("flat", rr.Clear.flat());
  rec.log("recursive", rr.Clear.recursive());
  rec.log("neither", new rr.Clear({ recursive: false }));
  rec.log("robot/arm", new rr.Scalars(1));
  rec.log("robot", new rr.Clear({ recursive: true }));
  rec.log("robot/arm", new rr.Scalars(2));
}
