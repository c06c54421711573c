import * as rr from "@rerun-ts/node";

const STYLE = {
  colors: ["red", 0x00ff0080],
  labels: ["left", "right"],
  showLabels: true,
  drawOrder: 30.5,
  classIds: [1, 65535],
};

export function points(rec: rr.RecordingStream): void {
  rec.log("points", new rr.Points2D([1, 2, -0.1, 4.5], { ...STYLE, radii: [0.5, -2], keypointIds: [0, 7] }));
  rec.log("keypoints without class", new rr.Points2D([1, 2], { keypointIds: 7 }));
  rec.log("keypoints of a class", new rr.Points2D([1, 2], { keypointIds: 7, classIds: 3 }));
  rec.log("update", rr.Points2D.fromFields({ keypointIds: 7 }));
  rec.log("one of each", new rr.Points2D([1, 2, 3, 4], { radii: 0.1, colors: "lime", labels: "all", classIds: 0 }));
}

export function boxes(rec: rr.RecordingStream): void {
  const places = { halfSizes: [0.5, 1, 0.1, 0.2], centers: [1, 2, -3, 4.5] };
  rec.log("boxes", new rr.Boxes2D({ ...places, ...STYLE, radii: [0.01, -2] }));
  rec.log("one", new rr.Boxes2D({ halfSizes: { x: 1, y: 2 }, colors: "orange" }));
  rec.log("none", new rr.Boxes2D({ halfSizes: [], centers: null }));
}

export function ellipses(rec: rr.RecordingStream): void {
  const places = { halfSizes: [0.5, 1, 0.1, 0.2], centers: [1, 2, -3, 4.5] };
  rec.log("ellipses", new rr.Ellipses2D({ ...places, ...STYLE, lineRadii: [0.01, -2] }));
  rec.log("one", new rr.Ellipses2D({ halfSizes: new Float64Array([0.1, 0.2]), lineRadii: -1 }));
}

export function arrows(rec: rr.RecordingStream): void {
  rec.log("arrows", new rr.Arrows2D({ vectors: [1, 0, 0, -1], origins: [0, 0, 5, 5], ...STYLE, radii: [0.1, -3] }));
  rec.log("one", new rr.Arrows2D({ vectors: [0.1, 0.2] }));
}

export function formsOfVectors(rec: rr.RecordingStream): void {
  const forms: Readonly<Record<string, rr.types.Vec2sLike>> = {
    flat: [1, 2, 3, 4],
    nested: [
      [1, 2],
      [3, 4],
    ],
    float32: new Float32Array([1, 2, 3, 4]),
    float64: new Float64Array([1, 2, 3, 4]),
    int8: new Int8Array([1, 2, 3, 4]),
    uint32: new Uint32Array([1, 2, 3, 4]),
    "part of a buffer": new Float32Array([9, 1, 2, 3, 4, 9]).subarray(1, 5),
    "list of typed arrays": [new Float64Array([1, 2]), new Uint8Array([3, 4])],
    objects: [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ],
    mixed: [{ toArray: () => [1, 2] }, [3, 4]],
    iterable: new Map([
      ["a", [1, 2]],
      ["b", [3, 4]],
    ]).values(),
  };
  for (const [path, positions] of Object.entries(forms)) rec.log(path, new rr.Points2D(positions));
}
