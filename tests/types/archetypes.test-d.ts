// The arguments of archetypes. The test is that this file compiles; a comment marks the lines that must not compile.
import * as rr from "@rerun-ts/node";

/** Forms of values. */
export function forms(rec: rr.RecordingStream, cloud: Float64Array): void {
  const gl: Float32Array = new Float32Array(3);
  const points = new Set([{ x: 1, y: 2 }]);
  rec.log(
    "a",
    new rr.Points2D(points, { colors: { rgb: new Uint8Array(3) }, radii: new Set([1]), labels: new Set(["a"]) }),
  );
  rec.log(
    "a",
    new rr.Arrows3D({ vectors: [gl, [1, 2, 3], { x: 1, y: 2, z: 3 }], origins: cloud, classIds: new Uint8Array(1) }),
  );
  rec.log("a", new rr.LineStrips3D([[gl, gl], cloud]));
  rec.log("a", new rr.LineStrips2D({ points: cloud, lengths: new Uint32Array([1, 2]) }));
  rec.log(
    "a",
    new rr.Tensor([
      [
        [1, 2],
        [3, 4],
      ],
    ]),
  );
  rec.log(
    "a",
    new rr.Tensor(
      { data: new BigInt64Array(4), shape: [2, 2], dimNames: ["x", "y"] },
      { valueRange: { min: 0, max: 1 } },
    ),
  );
  rec.log("a", new rr.BarChart(new Uint16Array(3), { abscissa: [1, 2, 3], widths: 1 }));
  rec.log(
    "a",
    new rr.AnnotationContext([
      1,
      [2, "b"],
      [3, "c", "red"],
      { id: 4, label: null },
      { info: 5, keypointConnections: [[0, 1]] },
    ]),
  );
  rec.log("a", new rr.GraphEdges([["a", "b"], { first: "b", second: "c" }], { graphType: "Directed" }));
  rec.log("a", new rr.McapChannel({ id: 1, topic: "t", messageEncoding: "cdr", metadata: new Map([["a", "b"]]) }));
  rec.log("a", new rr.VideoFrameReference({ seconds: 0.5 }, { videoReference: "video" }));
  rec.log("a", new rr.VideoFrameReference(new BigInt64Array(1)));
  rec.log("a", new rr.VideoStream("H264", { sample: new ArrayBuffer(4), isKeyframe: true }));
  rec.log("a", new rr.VoxelGridMap([0, 0, 0], [1, 1, 1], { colormap: "Viridis", opacity: undefined, values: null }));
  rec.log("a", new rr.ViewCoordinates("RUB"));
  rec.log("a", new rr.Mesh3D({ vertexPositions: cloud, triangleIndices: new Uint16Array(3), vertexColors: ["red"] }));
  rec.log("a", rr.Mesh3D.fromFields({ albedoFactor: "red" }, { clearUnset: true }));
  rec.log("a", rr.Mesh3D.cleared());
  const columns: rr.ComponentColumnList = rr.VideoStream.columns({ sample: [new Uint8Array(4)], isKeyframe: [true] });
  rec.sendColumns("a", rr.TimeColumn.sequence("t", [1]), [columns, rr.components.Color.name === "x" ? columns : []]);
}

/** Blueprints consist of archetypes, too, in a namespace of their own. */
export function blueprint(rec: rr.RecordingStream): void {
  const start: rr.encodings.TimeRangeBoundaryLike = { cursorRelative: -5n };
  rec.log("view", new rr.blueprint.VisibleTimeRanges({ timeline: "frame", range: { start, end: "infinite" } }));
  rec.log("view", new rr.blueprint.Background({ kind: "SolidColor", color: [1, 2, 3] }));
  rec.log("view", new rr.blueprint.VisualBounds2D({ range: { xRange: [0, 1], yRange: { min: 0, max: 1 } } }));
  rec.log(
    "view",
    new rr.blueprint.TensorSliceSelection({ width: 0, height: { dimension: 1, invert: true }, slider: [2] }),
  );
}

/** Components by themselves. */
export const batch: rr.types.ComponentBatch = rr.components.MarkerShape.batch(["Circle", 2]);
export const number: number = rr.components.MarkerShape.values.Circle;
export const shape: rr.components.MarkerShape = "Plus";

/** Lines that must not compile. */
export function mistakes(): void {
  // @ts-expect-error: arrows need vectors
  void new rr.Arrows2D({ origins: [0, 0] });
  // @ts-expect-error: a capsule has a radius too
  void new rr.Capsules3D({ lengths: 1 });
  // @ts-expect-error: vectors are not a positional argument
  void new rr.Arrows3D([1, 0, 0]);
  // @ts-expect-error: a strip is not text
  void new rr.LineStrips2D("0,0 1,1");
  // @ts-expect-error: no such codec
  void new rr.VideoStream("MPEG2");
  // @ts-expect-error: no such colormap
  void new rr.DepthImage({ data: new Uint16Array(1), width: 1, height: 1 }, { colormap: "Jet" });
  // @ts-expect-error: a class has a number
  void new rr.AnnotationContext([{ label: "car" }]);
  // @ts-expect-error: an edge has two ends
  void new rr.GraphEdges([["a"]]);
  // @ts-expect-error: a message of a channel has an encoding
  void new rr.McapChannel({ id: 1, topic: "t" });
  // @ts-expect-error: names of dimensions are texts
  void new rr.Tensor({ data: [1], dimNames: [1] });
  // @ts-expect-error: a blob is not text
  void new rr.Asset3D({ blob: "o cube" });
  // @ts-expect-error: no such boundary
  void new rr.blueprint.VisibleTimeRanges({ timeline: "frame", range: { start: "now", end: "infinite" } });
  // @ts-expect-error: blueprints' archetypes stand in their namespace
  void rr.Background;
  // @ts-expect-error: a bigint is not a float
  void new rr.Scalars(1n);
  // @ts-expect-error: a number is not a label
  void new rr.Points3D([0, 0, 0], { labels: 5 });
}

/** Options in constants, whose names the compiler widens to `string`. */
export function constants(rec: rr.RecordingStream): void {
  const frame = { data: new Uint8Array(6), width: 2, height: 2, pixelFormat: "NV12" };
  const format = { width: 2, height: 2, colorModel: "L", channelDatatype: "U8" };
  rec.log("a", new rr.Image(frame));
  rec.log("a", rr.Image.fromFields({ format, buffer: { bytes: new Uint8Array(8), size: 4 } }));
  rec.log("a", new rr.Pinhole({ focalLength: 1, principalPoint: { x: 1, y: 2 }, cameraXyz: rr.ViewCoordinates.RUB }));
  // @ts-expect-error: boxes have sizes
  rec.log("a", new rr.Boxes3D({ centers: [0, 0, 0] }));
}
