import * as rr from "@rerun-ts/node";

const POINTS = new Float32Array(9);

export function numbers(rec: rr.RecordingStream): void {
  const forms: readonly rr.types.NumbersLike[] = [
    [1, 2, 3],
    new Set([1, 2, 3]),
    new Uint8Array([1, 2, 3]),
    new Uint8ClampedArray([1, 2, 3]),
    new Int8Array([1, 2, 3]),
    new Uint16Array([1, 2, 3]),
    new Int16Array([1, 2, 3]),
    new Uint32Array([1, 2, 3]),
    new Int32Array([1, 2, 3]),
    new Float32Array([1, 2, 3]),
    new Float64Array([1, 2, 3]),
    new Float64Array([9, 1, 2, 3]).subarray(1),
  ];
  for (const [index, values] of forms.entries()) {
    rec.log(`float32/${index}`, new rr.Points3D(POINTS, { radii: values }));
    rec.log(`float64/${index}`, new rr.Scalars(values));
    rec.log(`uint16/${index}`, new rr.Points3D(POINTS, { classIds: values, keypointIds: values }));
    rec.log(`uint32/${index}`, rr.blueprint.ContainerBlueprint.fromFields({ gridColumns: values }));
    rec.log(`uint64/${index}`, rr.blueprint.ViewportBlueprint.fromFields({ pastViewerRecommendations: values }));
  }
}

export function integers(rec: rr.RecordingStream): void {
  const forms: readonly rr.types.IntegersLike[] = [
    [1n, 2n],
    [1, 2n],
    new Set([1n, 2]),
    new BigUint64Array([1n, 2n]),
    new BigInt64Array([1n, 2n]),
    new Uint32Array([1, 2]),
    new Float64Array([1, 2]),
  ];
  for (const [index, pastViewerRecommendations] of forms.entries())
    rec.log(`${index}`, new rr.blueprint.ViewportBlueprint({ pastViewerRecommendations }));
  for (const value of [0, 1n, Number.MAX_SAFE_INTEGER, 2n ** 64n - 1n])
    rec.log("one", new rr.blueprint.ViewportBlueprint({ pastViewerRecommendations: value }));
}

export function textsAndBooleans(rec: rr.RecordingStream): void {
  for (const labels of ["a", ["a"], new Set(["a"])]) rec.log("one text", new rr.Points3D(POINTS, { labels }));
  for (const labels of [["a", "", "b"], new Set(["a", "", "b"])]) rec.log("texts", new rr.Points3D(POINTS, { labels }));
  for (const showLabels of [true, [true], new Set([true])]) rec.log("one", new rr.Points3D(POINTS, { showLabels }));
  rec.log(
    "many",
    rr.SeriesLines.fromFields({ visibleSeries: Array.from({ length: 19 }, (_, index) => index % 3 === 0) }),
  );
}

export function ranges(rec: rr.RecordingStream): void {
  const one: readonly rr.types.RangesLike[] = [
    [-1, 0.1],
    { min: -1, max: 0.1 },
    [[-1, 0.1]],
    new Float64Array([-1, 0.1]),
  ];
  for (const [index, range] of one.entries()) rec.log(`${index}`, new rr.blueprint.ScalarAxis({ range }));
  const two: readonly rr.types.RangesLike[] = [
    [1, 2, 3, 4],
    [[1, 2], { min: 3, max: 4 }],
    new Uint8Array([1, 2, 3, 4]),
  ];
  for (const valueRange of two) rec.log("two", rr.Tensor.fromFields({ valueRange }));
}
