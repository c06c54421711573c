import { typeDefinition } from "@rerun-ts/test-support/node/definitions";

/** Two instances of a component or an encoding (view coordinates are one); samples.py has the same. */
export function twoInstances(fullName: string): unknown {
  const { enum: values, encoding = "" } = typeDefinition(fullName);
  if (values !== undefined) return Object.keys(values).slice(0, 2);
  return BY_COMPONENT[fullName] ?? BY_ENCODING[encoding];
}

const SIXTEEN = Array.from({ length: 16 }, (_, index) => index / 10);
const RANGES = [
  { start: { cursorRelative: -5 }, end: "infinite" },
  { start: { absolute: 3 }, end: { cursorRelative: 0 } },
];

const BY_ENCODING: Readonly<Record<string, unknown>> = {
  "rerun.blueprint.encodings.ComponentColumnSelector": [
    { entityPath: "/points", component: "radii" },
    { entityPath: "/", component: "" },
  ],
  "rerun.blueprint.encodings.ColumnType": [
    { component: "GridMap:colormap" },
    { componentTypeName: "rerun.components.Flag" },
  ],
  "rerun.blueprint.encodings.FilterByRange": [
    { start: 1, end: 2 },
    { start: -(2n ** 60n), end: 2n ** 60n },
  ],
  "rerun.blueprint.encodings.FilterIsNotNull": [
    { active: true, column: { entityPath: "/points", component: "Points3D:radii" } },
    { active: false, column: { entityPath: "/points", component: "Points3D:colors" } },
  ],
  "rerun.blueprint.encodings.SelectedColumns": [
    { timeColumns: ["frame", "time"], componentColumns: [{ entityPath: "/points", component: "radii" }] },
    { timeColumns: [], componentColumns: [] },
  ],
  "rerun.blueprint.encodings.SortBy": [{ column: "name", direction: "Descending" }, { column: "size" }],
  "rerun.blueprint.encodings.TensorDimensionIndexSlider": [1, 2],
  "rerun.blueprint.encodings.TextLogColumn": ["Body", { kind: "LogLevel", visible: false }],
  "rerun.blueprint.encodings.TimelineColumn": ["frame", { timeline: "time", visible: false }],
  "rerun.blueprint.encodings.VisualizerComponentMapping": [
    { target: "Scalars:scalars", sourceKind: "SourceComponent", sourceComponent: "a:b", selector: ".x" },
    { target: "Scalars:colors", sourceKind: "Default" },
  ],
  "rerun.encodings.AbsoluteTimeRange": [
    [1, 2],
    [-3, 2n ** 60n],
  ],
  "rerun.encodings.Angle": [{ degrees: 90 }, 0.1],
  "rerun.encodings.AnnotationInfo": [{ id: 1, label: "a", color: "red" }, 2],
  "rerun.encodings.Blob": [new Uint8Array([1, 2, 3]), new ArrayBuffer(0)],
  "rerun.encodings.Bool": [true, false],
  "rerun.encodings.ChannelCountPair": [[1, 2], { channelId: 3, messageCount: 2n ** 60n }],
  "rerun.encodings.ClassDescription": [1, { info: [2, "a"], keypointAnnotations: [3] }],
  "rerun.encodings.ClassDescriptionMapElem": [1, { info: [2, "a"], keypointAnnotations: [3] }],
  "rerun.encodings.ClassId": [1, 65535],
  "rerun.encodings.DVec2D": [59.3, 18.1, -33.9, 151.2],
  "rerun.encodings.EntityPath": ["/robot/arm", "/world"],
  "rerun.encodings.Float32": [0.1, -2.5],
  "rerun.encodings.Float64": [0.1, -1e300],
  "rerun.encodings.IVec3D": [-1, 2, 3, 4, 5, -(2 ** 31)],
  "rerun.encodings.ImageFormat": [
    { width: 2, height: 1, colorModel: "RGB", channelDatatype: "U8" },
    { width: 4, height: 2, pixelFormat: "NV12" },
  ],
  "rerun.encodings.KeypointId": [0, 7],
  "rerun.encodings.KeypointPair": [[1, 2], { keypoint0: 3, keypoint1: 4 }],
  "rerun.encodings.Mat3x3": [{ rows: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, { columns: [1, 2, 3, 4, 5, 6, 7, 8, 9] }],
  "rerun.encodings.Mat4x4": [{ rows: SIXTEEN }, { columns: SIXTEEN }],
  "rerun.encodings.Plane3D": [{ normal: [0, 0, 1], distance: 0.5 }, { normal: [1, 0, 0] }],
  "rerun.encodings.Quaternion": [0, 0, 0, 1, 0.5, -0.5, 0.5, 0.5],
  "rerun.encodings.Range1D": [0, 1, -2.5, 1e300],
  "rerun.encodings.Range2D": [
    { xRange: [0, 640], yRange: [0, 480] },
    { xRange: [-1, 1], yRange: { min: -0.1, max: 0.1 } },
  ],
  "rerun.encodings.Rgba32": ["#ff880080", "blue"],
  "rerun.encodings.RotationAxisAngle": [
    { axis: [0, 0, 1], degrees: 90 },
    { axis: [1, 2, 3], angle: 0.5 },
  ],
  "rerun.encodings.SphericalHarmonics3Rgb": Float32Array.from({ length: 90 }, (_, index) => index / 64),
  "rerun.encodings.TensorBuffer": [new Uint8Array([0, 1, 2, 3, 4, 5]), new Float64Array([0.5, 1.5])],
  "rerun.encodings.TensorData": [{ data: new Uint8Array([0, 1, 2, 3, 4, 5]) }, { data: [0.5, 1.5], dimNames: ["x"] }],
  "rerun.encodings.TensorDimensionIndexSelection": [
    { dimension: 1, index: 2 },
    { dimension: 2, index: 2n ** 60n },
  ],
  "rerun.encodings.TensorDimensionSelection": [1, { dimension: 2, invert: true }],
  "rerun.encodings.TimeInt": [1n, -(2n ** 60n)],
  "rerun.encodings.TimeRange": RANGES,
  "rerun.encodings.TimeRangeBoundary": ["infinite", { absolute: -(2n ** 60n) }],
  "rerun.encodings.UInt16": [1, 65535],
  "rerun.encodings.UInt32": [1, 2 ** 32 - 1],
  "rerun.encodings.UInt64": [1, 2n ** 64n - 1n],
  "rerun.encodings.UVec2D": [0, 1, 2, 2 ** 32 - 1],
  "rerun.encodings.UVec3D": [0, 1, 2, 3, 4, 2 ** 32 - 1],
  "rerun.encodings.UVec4D": [0, 1, 2, 3, 4, 5, 6, 2 ** 32 - 1],
  "rerun.encodings.Utf8": ["größe", ""],
  "rerun.encodings.Utf8Pair": [["a", "b"], { first: "b", second: "" }],
  "rerun.encodings.Uuid": ["00010203-0405-0607-0809-0a0b0c0d0e0f", new Uint8Array(16).fill(255)],
  "rerun.encodings.Vec2D": [1, 2, -0.1, 4.5],
  "rerun.encodings.Vec3D": [1, 2, 3, -0.1, 5.5, 1e30],
  "rerun.encodings.Vec4D": [1, 2, 3, 4, -0.1, 5.5, 1e30, 0],
  "rerun.encodings.VideoTimestamp": [1n, { seconds: 1.5 }],
  "rerun.encodings.ViewCoordinates": "RDF",
  "rerun.encodings.VisibleTimeRange": [
    { timeline: "frame", range: RANGES[0] },
    { timeline: "time", range: RANGES[1] },
  ],
};

const BY_COMPONENT: Readonly<Record<string, unknown>> = {
  "rerun.blueprint.components.ColumnOrder": [["/a", "/b"], ["/c"]],
  "rerun.components.AnnotationContext": [
    [{ id: 1, label: "car", color: "red" }, 2],
    [{ info: 3, keypointAnnotations: [[0, "nose"]], keypointConnections: [[0, 0]] }],
  ],
  "rerun.components.ChannelMessageCounts": [
    new Map([
      [1, 10n],
      [2, 2n ** 60n],
    ]),
    [[3, 0]],
  ],
  "rerun.components.GeoLineString": [[59.3, 18.1, 59.4, 18.2], [[-33.9, 151.2]]],
  "rerun.components.KeyValuePairs": [{ a: "1", b: "" }, [["c", "3"]]],
  "rerun.components.LineStrip2D": [new Float32Array([0, 0, 1, 1, 2, 0]), new Float32Array([5, 5, 6, 6])],
  "rerun.components.LineStrip3D": [
    [
      [0, 0, 0],
      [1, 1, 1],
    ],
    [5, 5, 5, 6, 6, 6, 7, 7, 7],
  ],
};
