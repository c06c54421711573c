import * as rr from "@rerun-ts/node";

export function lines(rec: rr.RecordingStream): void {
  const lineStrings = [
    [
      [59.3293, 18.0686],
      [59.4, 18.1],
    ],
    [new Float64Array([-33.8688, 151.2093])],
  ];
  rec.log("routes", new rr.GeoLineStrings({ lineStrings, radii: [5, -3], colors: ["red", "#00ff0080"] }));
  rec.log("one", new rr.GeoLineStrings({ lineStrings: [59.3293, 18.0686, 59.4, 18.1] }));
  rec.log("parts", new rr.GeoLineStrings({ lineStrings: { points: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], lengths: [2, 1] } }));
}

export function points(rec: rr.RecordingStream): void {
  const positions = [
    [59.3293, 18.0686],
    [-33.8688, 151.2093],
  ];
  const style = { radii: [5, -3], colors: ["red", "#00ff0080"], classIds: [1, 2] };
  rec.log("places", new rr.GeoPoints({ positions, ...style }));
  rec.log("flat", new rr.GeoPoints({ positions: positions.flat() }));
  rec.log("float64", new rr.GeoPoints({ positions: new Float64Array(positions.flat()) }));
  rec.log("float32", new rr.GeoPoints({ positions: new Float32Array(positions.flat()) }));
}
