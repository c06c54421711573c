import { readFileSync } from "node:fs";
import * as rr from "@rerun-ts/node";

export function boxes2dBySizesAndCorners(rec: rr.RecordingStream): void {
  rec.log("sizes", new rr.Boxes2D({ sizes: [3, 5] }));
  rec.log("several", new rr.Boxes2D({ sizes: [1, 2, 0.1, 0.2], centers: [1, 1, 2, 2], labels: ["a", "b"] }));
  rec.log("corners", new rr.Boxes2D({ mins: [1, 1], sizes: [1, 2] }));
  rec.log("corners and half sizes", new rr.Boxes2D({ mins: [0.1, 0.2, -1, -1], halfSizes: [0.7, 0.8, 1, 1] }));
}

export function boxes2dByArrays(rec: rr.RecordingStream): void {
  const formats = ["XYWH", "YXHW", "XYXY", "YXYX", "XCYCWH", "XCYCW2H2"] as const;
  for (const arrayFormat of formats) rec.log(arrayFormat, new rr.Boxes2D({ array: [1, 2, 3.5, 4.5], arrayFormat }));
  const array = [
    [1, 2, 3, 4],
    [0.1, 0.2, 0.3, 0.4],
  ];
  for (const arrayFormat of ["XYWH", "XYXY", "XCYCWH", "XCYCW2H2"] as const) {
    rec.log(`${arrayFormat}/several`, new rr.Boxes2D({ array, arrayFormat, colors: "red" }));
  }
}

export function spheres(rec: rr.RecordingStream): void {
  rec.log("spheres", new rr.Ellipsoids3D({ radii: [1, 2.5], centers: [0, 0, 0, 3, 3, 3] }));
}

export function rotationsOfEitherKind(rec: rr.RecordingStream): void {
  const halfSizes = [1, 1, 1];
  rec.log("quaternions", new rr.Boxes3D({ halfSizes, rotations: [[0, 0, 0, 1]] }));
  rec.log("axes", new rr.Boxes3D({ halfSizes, rotations: [{ axis: [0, 0, 1], radians: 0.5 }] }));
  rec.log("transform", new rr.Transform3D({ rotation: [0, 0, 0.6, 0.8] }));
  rec.log("transform", new rr.Transform3D({ rotation: { axis: [1, 0, 0], degrees: 90 }, scale: 2 }));
}

export function degrees(rec: rr.RecordingStream): void {
  rec.log("points", new rr.GeoPoints({ latLon: [59.3, 18.1, -33.5, 151.25] }));
  rec.log("points", new rr.GeoPoints({ lonLat: [18.1, 59.3, 151.25, -33.5] }));
  rec.log(
    "lines",
    new rr.GeoLineStrings({
      latLon: [
        [59.3, 18.1],
        [59.4, 18.2],
      ],
    }),
  );
  rec.log(
    "lines",
    new rr.GeoLineStrings({
      lonLat: [
        [
          [18.1, 59.3],
          [18.2, 59.4],
        ],
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      ],
    }),
  );
}

export function texture(rec: rr.RecordingStream): void {
  const vertexPositions = [0, 0, 0, 1, 0, 0, 0, 1, 0];
  const rgb = Uint8Array.from({ length: 2 * 3 * 3 }, (_, index) => index);
  rec.log("rgb", new rr.Mesh3D({ vertexPositions, albedoTexture: { data: rgb, width: 3, height: 2 } }));
  const rgba = Float32Array.from({ length: 4 }, (_, index) => index / 4);
  rec.log("rgba", new rr.Mesh3D({ vertexPositions, albedoTexture: { data: rgba, width: 1, height: 1 } }));
}

export function geometry(rec: rr.RecordingStream): void {
  const attribute = (itemSize: number, ...array: number[]): rr.types.GeometryAttribute => ({ itemSize, array });
  const triangle: rr.types.GeometryLike = {
    attributes: {
      position: attribute(3, 0, 0, 0, 1, 0, 0, 0, 1, 0),
      normal: attribute(3, 0, 0, 1, 0, 0, 1, 0, 0, 1),
      uv: attribute(2, 0, 0, 1, 0, 0, 1),
    },
    index: attribute(1, 0, 1, 2),
  };
  rec.log("mesh", rr.Mesh3D.fromGeometry(triangle, { albedoFactor: "red" }));
}

export function matrix4(rec: rr.RecordingStream): void {
  const rows = [
    [1, 2, 3, 10],
    [4, 5, 6, 20],
    [7, 8, 9, 30],
    [0, 0, 0, 1],
  ];
  rec.log("matrix", rr.Transform3D.fromMatrix4(rows, { relation: "ChildFromParent" }));
}

export function files(rec: rr.RecordingStream): void {
  const read = (name: string): Uint8Array => readFileSync(new URL(`../../../examples/assets/${name}`, import.meta.url));
  rec.log("picture", new rr.EncodedImage({ contents: read("picture.jpg"), opacity: 0.5 }));
  const video = read("clip.mp4");
  rec.log("video", new rr.AssetVideo({ contents: video }), { static: true });
  const times = rr.files.readFrameTimestamps(video);
  rec.sendColumns("video", rr.TimeColumn.duration("time", times), rr.VideoFrameReference.columns({ timestamp: times }));
  const glb = new Uint8Array([0x67, 0x6c, 0x54, 0x46, 2, 0, 0, 0]);
  rec.log("model", new rr.Asset3D({ contents: glb, albedoFactor: [1, 2, 3] }));
  const wav = Buffer.from("RIFF\0\0\0\0WAVEfmt ", "latin1");
  rec.log("sound", new rr.AssetAudio({ contents: wav }));
}

export function framesOfVideos(rec: rr.RecordingStream): void {
  for (const name of ["b-frames", "fragments"]) {
    const times = rr.files.readFrameTimestamps(readFileSync(new URL(`../assets/${name}.mp4`, import.meta.url)));
    rec.sendColumns(name, [], rr.VideoFrameReference.columns({ timestamp: times }));
  }
}

export function coordinateSystems(rec: rr.RecordingStream): void {
  const systems = Object.entries(rr.ViewCoordinates).filter(([, system]) => system instanceof rr.ViewCoordinates);
  for (const [name, system] of systems.sort(([a], [b]) => (a < b ? -1 : 1)))
    rec.log(name, system as rr.types.AsComponents);
}

export function namedTensor(rec: rr.RecordingStream): void {
  const data = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  rec.log("tensor", new rr.Tensor({ data, dimNames: ["row", "column"] }));
}

export function uiPoints(rec: rr.RecordingStream): void {
  rec.log("points", new rr.Points3D([0, 0, 0], { radii: rr.uiPoints(5) }));
  rec.log("points", new rr.Points3D([0, 0, 0, 1, 1, 1], { radii: rr.uiPoints([5, 0.5]) }));
}
