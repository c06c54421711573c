import * as rr from "@rerun-ts/node";

export function allFields(rec: rr.RecordingStream): void {
  const pinhole = new rr.Pinhole({
    imageFromCamera: [
      [500, 0, 320],
      [0, 400, 240],
      [0, 0, 1],
    ],
    resolution: [640, 480],
    cameraXyz: "RUB",
    childFrame: "camera",
    parentFrame: "robot",
    imagePlaneDistance: 0.5,
    color: [255, 128, 0],
    lineWidth: 0.01,
  });
  rec.log("camera", pinhole);
}

export function focalLength(rec: rr.RecordingStream): void {
  rec.log("size", new rr.Pinhole({ focalLength: 500, width: 640, height: 480 }));
  rec.log("odd size", new rr.Pinhole({ focalLength: 123.456, width: 641, height: 479 }));
  rec.log("resolution", new rr.Pinhole({ focalLength: [500, 400], resolution: [640, 480] }));
  rec.log("principal point", new rr.Pinhole({ focalLength: [500, 400], principalPoint: [1, 2] }));
  rec.log("both", new rr.Pinhole({ focalLength: 3, principalPoint: [1, 2], width: 4, height: 5, cameraXyz: "RDF" }));
}

export function fieldOfView(rec: rr.RecordingStream): void {
  rec.log("camera", new rr.Pinhole({ fovY: 0.8, aspectRatio: 1.5 }));
  rec.log("wide", new rr.Pinhole({ fovY: 2.5, aspectRatio: 16 / 9, imagePlaneDistance: 10 }));
}

export function matrices(rec: rr.RecordingStream): void {
  const rows = [
    [500, 0, 320],
    [0, 400, 240],
    [0, 0, 1],
  ];
  rec.log("rows", new rr.Pinhole({ imageFromCamera: { rows } }));
  rec.log("columns", new rr.Pinhole({ imageFromCamera: { columns: [500, 0, 0, 0, 400, 0, 320, 240, 1] } }));
  rec.log("cleared", new rr.Pinhole({ imageFromCamera: null }));
}

const UP_DOWN = ["U", "D"];
const RIGHT_LEFT = ["R", "L"];
const FORWARD_BACK = ["F", "B"];

/** The axes in all orders. */
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

export function everyViewCoordinates(rec: rr.RecordingStream): void {
  for (const order of ORDERS)
    for (const vertical of UP_DOWN)
      for (const horizontal of RIGHT_LEFT)
        for (const depth of FORWARD_BACK) {
          const axes = [vertical, horizontal, depth];
          const cameraXyz = order.map((axis) => axes[axis]).join("");
          rec.log("camera", new rr.Pinhole({ focalLength: 1, principalPoint: [0, 0], cameraXyz }));
        }
}

export function formsOfViewCoordinates(rec: rr.RecordingStream): void {
  const log = (path: string, cameraXyz: rr.types.ViewCoordinatesLike): void =>
    rec.log(path, new rr.Pinhole({ focalLength: 1, principalPoint: [0, 0], cameraXyz }));
  log("initials", "RDF");
  log("lower case", "rdf");
  log("names", ["Right", "Down", "Forward"]);
  log("numbers", [3, 2, 5]);
  log("bytes", new Uint8Array([3, 2, 5]));
}
