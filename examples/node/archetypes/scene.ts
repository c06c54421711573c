// One entity for each archetype of data, arranged side by side.
import * as rr from "@rerun-ts/node";

/** The files that some archetypes contain. */
export interface Assets {
  readonly clip: Uint8Array;
  readonly keyframe: Uint8Array;
  readonly picture: Uint8Array;
  readonly depth: Uint8Array;
}

/** Logs each archetype of data to a separate entity. Returns the entity path of each archetype. */
export function logEveryArchetype(rec: rr.RecordingStream, assets: Assets): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  const log = (path: string, data: rr.types.AsComponents, options?: rr.types.LogOptions): void => {
    places.set((data.constructor as typeof rr.Points3D).archetype, path);
    rec.log(path, data, options);
  };
  logShapes3D(log);
  logMaps3D(log);
  logPlaces(log);
  logShapes2D(log);
  logImages(log, assets);
  logCharts(log);
  logGraph(log);
  logTexts(log);
  logFiles(log);
  logOfMcap(log);
  return places;
}

type Log = (path: string, data: rr.types.AsComponents, options?: rr.types.LogOptions) => void;

const STATIC = { static: true };
/** A position in a grid, so that shapes do not overlap. */
const at = (column: number, row: number): [number, number, number] => [column * 3, row * 3, 0];

function logShapes3D(log: Log): void {
  log("space", new rr.ViewCoordinates("RFU"), STATIC);
  const cloud = Array.from({ length: 200 }, (_, index) => {
    const angle = index / 8;
    return [Math.cos(angle), Math.sin(angle), index / 100 - 1] as const;
  });
  log(
    "space/points",
    new rr.Points3D(cloud, { colors: cloud.map((_, index) => `hsl(${index} 80% 60%)`), radii: 0.06 }),
  );
  const [arrow, box, capsule, cylinder, ellipsoid] = [at(1, 0), at(2, 0), at(3, 0), at(4, 0), at(5, 0)];
  log("space/arrows", new rr.Arrows3D({ vectors: [0.5, 0.5, 1.5], origins: arrow, colors: "orange", radii: 0.08 }));
  log("space/boxes", new rr.Boxes3D({ sizes: [1, 1.5, 1], centers: box, colors: "tomato", fillMode: "Solid" }));
  log(
    "space/capsules",
    new rr.Capsules3D({ lengths: 1, radii: 0.5, translations: capsule, colors: "gold", fillMode: "Solid" }),
  );
  log(
    "space/cylinders",
    new rr.Cylinders3D({ lengths: 1.5, radii: 0.6, centers: cylinder, colors: "limegreen", fillMode: "Solid" }),
  );
  log(
    "space/ellipsoids",
    new rr.Ellipsoids3D({ halfSizes: [1, 0.6, 0.4], centers: ellipsoid, colors: "deepskyblue", fillMode: "Solid" }),
  );
  const spiral = Array.from({ length: 60 }, (_, index) => {
    const angle = index / 5;
    return [at(0, 1)[0] + Math.cos(angle), at(0, 1)[1] + Math.sin(angle), index / 30 - 1] as const;
  });
  log("space/strips", new rr.LineStrips3D([spiral], { colors: "violet", radii: 0.05 }));
  const [x, y, z] = at(1, 1);
  log(
    "space/mesh",
    new rr.Mesh3D({
      vertexPositions: [
        [x, y, z],
        [x + 1.5, y, z],
        [x, y + 1.5, z],
        [x, y, z + 1.5],
      ],
      triangleIndices: [
        [0, 2, 1],
        [0, 1, 3],
        [0, 3, 2],
        [1, 2, 3],
      ],
      vertexColors: ["red", "lime", "blue", "white"],
    }),
  );
  log("space/poses", new rr.InstancePoses3D({ translations: [at(2, 1), at(3, 1)], scales: [0.5, 0.5, 0.5] }));
  log("space/poses", new rr.Boxes3D({ halfSizes: [1, 1, 1], colors: "plum" }));
  log(
    "space/frame",
    new rr.Transform3D({ translation: at(4, 1), rotationAxisAngle: { axis: [0, 0, 1], degrees: 30 } }),
  );
  log("space/frame", new rr.TransformAxes3D(1.5));
  log("space/named", new rr.CoordinateFrame("tf#/space"), STATIC);
  const splats = Array.from({ length: 40 }, (_, index) => [at(5, 1)[0] + Math.sin(index), at(5, 1)[1], index / 20 - 1]);
  log(
    "space/splats",
    new rr.GaussianSplats3D(splats, { scales: [[0.2, 0.1, 0.1]], quaternions: [[0, 0, 0, 1]], colors: ["aqua"] }),
  );
}

function logMaps3D(log: Log): void {
  const cells = Uint8Array.from({ length: 400 }, (_, index) => (index * 7) % 101);
  log(
    "space/grid",
    new rr.GridMap({
      data: cells,
      format: { width: 20, height: 20, colorModel: "L", channelDatatype: "U8" },
      cellSize: 0.1,
      translation: at(0, 2),
    }),
  );
  const indices = Array.from({ length: 64 }, (_, index) => [index % 4, (index >> 2) % 4, index >> 4]);
  log(
    "space/voxels",
    new rr.VoxelGridMap(indices, [0.4, 0.4, 0.4], {
      values: indices.map((_, index) => index / 64),
      translation: at(2, 2),
    }),
  );
  const density = Float32Array.from({ length: 512 }, (_, index) => Math.abs(Math.sin(index / 20)));
  log(
    "space/volume",
    new rr.Volume3D(
      { data: density, shape: [8, 8, 8], elementType: "F16" },
      { voxelSize: [0.25, 0.25, 0.25], translation: at(4, 2) },
    ),
  );
}

function logPlaces(log: Log): void {
  const stockholm = [
    [59.33, 18.06],
    [59.32, 18.1],
    [59.34, 18.03],
  ] as const;
  log("map/places", new rr.GeoPoints({ positions: stockholm, radii: -8, colors: "crimson" }));
  log("map/route", new rr.GeoLineStrings({ lineStrings: [stockholm], radii: -3, colors: "royalblue" }));
}

function logShapes2D(log: Log): void {
  const path = "space/camera/plane";
  log(`${path}/points`, new rr.Points2D([10, 8, 24, 14, 40, 8], { colors: "orange", radii: 2 }));
  log(`${path}/boxes`, new rr.Boxes2D({ halfSizes: [8, 5], centers: [18, 34], colors: "tomato" }));
  log(`${path}/ellipses`, new rr.Ellipses2D({ halfSizes: [8, 5], centers: [46, 34], colors: "deepskyblue" }));
  log(`${path}/arrows`, new rr.Arrows2D({ vectors: [20, -10], origins: [6, 26], colors: "gold" }));
  log(`${path}/strips`, new rr.LineStrips2D(new Float32Array([32, 24, 40, 18, 48, 24, 58, 18]), { colors: "violet" }));
}

function logImages(log: Log, { picture, depth, clip, keyframe }: Assets): void {
  const classes = [
    { id: 0, label: "ground", color: "#333" },
    { id: 1, label: "road", color: "#f80" },
  ];
  log("space/camera/pictures", new rr.AnnotationContext(classes), STATIC);
  const size = { width: 64, height: 48 };
  const rgb = Uint8Array.from({ length: 64 * 48 * 3 }, (_, index) => (index * 5) % 256);
  log("space/camera/pictures/image", new rr.Image({ data: rgb, ...size }));
  const road = Uint8Array.from({ length: 64 * 48 }, (_, index) => (index % 64 > 32 ? 1 : 0));
  log("space/camera/pictures/classes", new rr.SegmentationImage({ data: road, ...size }));
  const millimetres = Uint16Array.from({ length: 64 * 48 }, (_, index) => 1000 + index);
  log(
    "space/camera/pictures/depth",
    new rr.DepthImage({ data: millimetres, ...size }, { meter: 1000, colormap: "Viridis" }),
  );
  log("space/camera/pictures/jpeg", new rr.EncodedImage({ blob: picture, mediaType: "image/jpeg" }));
  log("space/camera/pictures/png", new rr.EncodedDepthImage(depth, { mediaType: "image/png", meter: 30_000 }));
  log("space/camera", new rr.Transform3D({ translation: [-6, 3, 0] }));
  log("space/camera", new rr.Pinhole({ focalLength: 60, width: 64, height: 48 }));
  log("space/camera/video", new rr.AssetVideo({ blob: clip, mediaType: "video/mp4" }), STATIC);
  log("space/camera/video", new rr.VideoFrameReference({ seconds: 0.2 }));
  log("space/camera/stream", new rr.VideoStream("AV1", { sample: keyframe, isKeyframe: true }));
}

function logCharts(log: Log): void {
  log("plots/value", new rr.SeriesLines({ colors: "orange", widths: 2, names: "value" }), STATIC);
  log(
    "plots/dots",
    new rr.SeriesPoints({ colors: "deepskyblue", markers: "Diamond", markerSizes: 6, names: "dots" }),
    STATIC,
  );
  log("plots/value", new rr.Scalars(0.5));
  log("plots/dots", new rr.Scalars(0.25));
  log("plots/measured", new rr.Measurements(0.75, { variances: 0.01, units: "m" }));
  log("bars", new rr.BarChart([3, 1, 4, 1, 5, 9, 2, 6], { color: "gold" }));
  const values = Float32Array.from({ length: 24 * 32 }, (_, index) => Math.sin(index / 30));
  log("tensor", new rr.Tensor({ data: values, shape: [24, 32], dimNames: ["row", "column"] }));
  log("state", new rr.StateConfiguration({ values: ["idle", "busy"], colors: ["grey", "lime"] }), STATIC);
  log("state", new rr.StateChange({ state: "busy" }));
}

function logGraph(log: Log): void {
  log("graph", new rr.GraphNodes(["a", "b", "c"], { labels: ["A", "B", "C"], colors: ["red", "lime", "blue"] }));
  log(
    "graph",
    new rr.GraphEdges(
      [
        ["a", "b"],
        ["b", "c"],
      ],
      { graphType: "Directed" },
    ),
  );
}

function logTexts(log: Log): void {
  log("document", new rr.TextDocument("# Every archetype\n\nOne entity for each.", { mediaType: "text/markdown" }));
  log("log", new rr.TextLog("one line", { level: "INFO" }));
  log("cleared", new rr.Clear({ recursive: true }));
}

function logFiles(log: Log): void {
  const triangle = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n";
  log("space/asset", new rr.Asset3D({ blob: new TextEncoder().encode(triangle), mediaType: "model/obj" }));
  log("sound", new rr.AssetAudio({ blob: tone(), mediaType: "audio/wav" }));
}

function logOfMcap(log: Log): void {
  log("mcap/channel", new rr.McapChannel({ id: 1, topic: "/imu", messageEncoding: "cdr", metadata: { rate: "100" } }));
  log("mcap/schema", new rr.McapSchema({ id: 1, name: "Imu", encoding: "ros2msg", data: new Uint8Array([1, 2, 3]) }));
  log("mcap/message", new rr.McapMessage(new Uint8Array([1, 2, 3])));
  const counts = {
    messageCount: 10,
    schemaCount: 1,
    channelCount: 1,
    attachmentCount: 0,
    metadataCount: 0,
    chunkCount: 1,
  };
  const [messageStartTime, messageEndTime] = [new Date(0), new Date(1000)];
  log("mcap", new rr.McapStatistics({ ...counts, messageStartTime, messageEndTime, channelMessageCounts: [[1, 10]] }));
}

/** A sine wave of a tenth of a second, as a WAV file. */
function tone(): Uint8Array {
  const samples = 800;
  const view = new DataView(new ArrayBuffer(44 + samples * 2));
  const text = (offset: number, value: string): void => {
    for (let index = 0; index < value.length; index++) view.setUint8(offset + index, value.charCodeAt(index));
  };
  text(0, "RIFF");
  view.setUint32(4, 36 + samples * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8000, true);
  view.setUint32(28, 16000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples * 2, true);
  for (let index = 0; index < samples; index++) {
    view.setInt16(44 + index * 2, Math.sin((index / 8000) * 440 * 2 * Math.PI) * 20_000, true);
  }
  return new Uint8Array(view.buffer);
}
