import type { ArchetypeOverride, ArgumentOverride, Import, Overrides, StructOverride } from "./model.ts";

/** The raster that images are made of, instead of `buffer` and `format`. */
function rasterArgument(doc: string): ArgumentOverride {
  return {
    name: "image",
    type: "ImageLike | null",
    imports: [["../../ext/raster.ts", "type ImageLike"]],
    doc,
  };
}

/** The remark about every archetype that has the bytes of a file. */
function contentsRemark(more: string): string {
  return `The bytes may also be given as \`contents\`. If \`mediaType\` is not given, it is guessed from the bytes. ${more}`;
}

/** The archetypes of data. */
const DATA: Readonly<Record<string, ArchetypeOverride>> = {
  AnnotationContext: { positional: ["context"] },
  Asset3D: {
    alsoOptions: ["contents"],
    handWritten: "class",
    types: ["Asset3DOptions"],
    remark: contentsRemark("`Asset3D.fromBlob(blob)` accepts a `Blob` or `File`."),
  },
  AssetAudio: {
    alsoOptions: ["contents"],
    handWritten: "class",
    types: ["AssetAudioOptions"],
    remark: contentsRemark("`AssetAudio.fromBlob(blob)` accepts a `Blob` or `File`."),
  },
  AssetVideo: {
    alsoOptions: ["contents"],
    handWritten: "class",
    types: ["AssetVideoOptions"],
    remark: contentsRemark(
      "`AssetVideo.fromBlob(blob)` accepts a `Blob` or `File`; `readFrameTimestamps(bytes)` returns the times of its frames.",
    ),
  },
  BarChart: { positional: ["values"], components: { TensorData: "../../ext/flat-tensor-data.ts" } },
  Boxes2D: {
    alsoOptions: ["sizes", "mins", "array", "arrayFormat"],
    handWritten: "expand",
    types: ["Box2DFormat", "Boxes2DArray", "Boxes2DOptions", "Boxes2DPlace", "Boxes2DSize"],
    remark:
      "`sizes` may be given instead of `halfSizes`, and `mins` (the corners with the smallest coordinates) instead of `centers`. Instead of both, `array` may be given with an `arrayFormat` of `XYWH`, `YXHW`, `XYXY`, `YXYX`, `XCYCWH` or `XCYCW2H2`.",
  },
  Boxes3D: {
    alsoOptions: ["sizes", "mins", "rotations"],
    handWritten: "expand",
    types: ["Boxes3DOptions", "Boxes3DPlace", "Boxes3DRotation", "Boxes3DSize"],
    remark:
      "`sizes` may be given instead of `halfSizes`, `mins` (the corners with the smallest coordinates) instead of `centers`, and `rotations` of either kind.",
  },
  Capsules3D: {
    handWritten: "class",
    types: ["CapsulesBetweenOptions"],
    remark: "`Capsules3D.fromEndpoints(starts, ends, radii)` calculates lengths, translations and rotations.",
  },
  Clear: {
    alsoOptions: ["recursive"],
    notOptions: ["isRecursive"],
    handWritten: "class",
    types: ["ClearOptions"],
    remark: "The option is called `recursive`. `Clear.flat()` and `Clear.recursive()` are shorthands.",
  },
  CoordinateFrame: { positional: ["frame"] },
  DepthImage: {
    notOptions: ["buffer", "format"],
    argument: rasterArgument(
      "one depth per pixel, with width and height in pixels. The class of the typed array determines the type of the depths.",
    ),
    handWritten: "class",
    types: ["DepthImageOptions"],
    remark: "`compress()` converts it to an `EncodedDepthImage` (PNG).",
  },
  Ellipsoids3D: {
    alsoOptions: ["radii"],
    handWritten: "expand",
    types: ["Ellipsoids3DOptions", "Ellipsoids3DSize"],
    remark: "For spheres, `radii` may be given instead of `halfSizes`.",
  },
  EncodedDepthImage: { positional: ["blob"] },
  EncodedImage: {
    alsoOptions: ["contents"],
    handWritten: "class",
    types: ["EncodedImageOptions"],
    remark: contentsRemark("`EncodedImage.fromBlob(blob)` accepts a `Blob` or `File`."),
  },
  GaussianSplats3D: { positional: ["centers"] },
  GeoLineStrings: {
    alsoOptions: ["latLon", "lonLat"],
    handWritten: "expand",
    types: ["GeoLineStringsOptions", "GeoLineStringsPlace"],
    remark: "The lines may also be given as `latLon`, or as `lonLat` with the longitude first, as in GeoJSON.",
  },
  GeoPoints: {
    alsoOptions: ["latLon", "lonLat"],
    handWritten: "expand",
    types: ["GeoPointsOptions", "GeoPointsPlace"],
    remark: "The points may also be given as `latLon`, or as `lonLat` with the longitude first, as in GeoJSON.",
  },
  GraphEdges: { positional: ["edges"] },
  GraphNodes: { positional: ["nodeIds"] },
  Image: {
    notOptions: ["buffer", "format"],
    argument: rasterArgument(
      "the pixels, with width and height. The number of values per pixel determines greyscale (1), RGB (3) or RGBA (4), the class of the typed array their type. Accepts `ImageData` and the output of sharp (`{ data, ...info }`).",
    ),
    handWritten: "class",
    types: ["CompressOptions", "ImageOptions"],
    remark: "`compress()` converts it to an `EncodedImage` (JPEG).",
  },
  LineStrips2D: { positional: ["strips"] },
  LineStrips3D: { positional: ["strips"] },
  McapChannel: {
    ignoredOptions: ["type", "schemaId"],
    remark: "A `Channel` of `@mcap/core` may be passed as it is.",
  },
  McapMessage: { positional: ["data"] },
  McapSchema: { ignoredOptions: ["type"], remark: "A `Schema` of `@mcap/core` may be passed as it is." },
  McapStatistics: { ignoredOptions: ["type"], remark: "The `Statistics` of `@mcap/core` may be passed as they are." },
  Measurements: { positional: ["values"] },
  Mesh3D: {
    alsoOptions: ["albedoTexture"],
    handWritten: "class",
    types: ["GeometryAttribute", "GeometryLike", "Mesh3DOptions"],
    remark:
      "The texture may be given as one image, `albedoTexture`: `{ data, width, height }`. `Mesh3D.fromGeometry(geometry)` accepts a `BufferGeometry` of three.js, with the colours of its vertices.",
  },
  Pinhole: {
    alsoOptions: ["focalLength", "principalPoint", "width", "height", "fovY", "aspectRatio"],
    handWritten: "expand",
    types: ["PinholeByFieldOfView", "PinholeByFocalLength", "PinholeByMatrix", "PinholeOptions"],
    remark:
      "Instead of `imageFromCamera`, the lens may be given: `focalLength` with `principalPoint` or the size of the image (`width` and `height`, or `resolution`); or `fovY` with `aspectRatio`.",
  },
  Points2D: { positional: ["positions"], implied: { given: "keypointIds", implies: "classIds", value: 0 } },
  Points3D: { positional: ["positions"], implied: { given: "keypointIds", implies: "classIds", value: 0 } },
  Scalars: {
    positional: ["scalars"],
    columns: {
      type: 'ScalarsFields | Readonly<Record<"scalars", readonly ArrayLike<number>[]>>',
      doc: "a number or a list of numbers in each row",
    },
  },
  SegmentationImage: {
    notOptions: ["buffer", "format"],
    argument: rasterArgument(
      "the class id of each pixel, with width and height in pixels. The class of the typed array determines the type of the ids.",
    ),
    handWritten: "expand",
    types: ["SegmentationImageOptions"],
  },
  SeriesPoints: { handWritten: "expand", types: ["SeriesPointsOptions"], hasOptionalOptions: true },
  Tensor: { positional: ["data"] },
  TextDocument: { positional: ["text"] },
  TextLog: { positional: ["text"] },
  Transform3D: {
    alsoOptions: ["rotation"],
    handWritten: "class",
    types: ["Transform3DOptions", "Transform3DRotation"],
    hasOptionalOptions: true,
    remark:
      "`rotation` may be of either kind. `Transform3D.fromMatrix4(matrix)` splits a 4×4 matrix into translation and `mat3x3`.",
  },
  TransformAxes3D: { positional: ["axisLength"] },
  VideoFrameReference: { positional: ["timestamp"] },
  VideoStream: {
    positional: ["codec"],
    handWritten: "class",
    types: ["EncodedChunkLike", "EncodedChunkOptions"],
    remark: "`VideoStream.fromEncodedChunk(chunk, { codec })` accepts encoded frames of WebCodecs.",
  },
  ViewCoordinates: {
    positional: ["xyz"],
    handWritten: "class",
    remark:
      "All coordinate systems exist as constants, e.g. `ViewCoordinates.RDF` and `ViewCoordinates.RIGHT_HAND_Z_UP`.",
  },
  Volume3D: { positional: ["values"] },
  VoxelGridMap: { positional: ["voxelIndices", "voxelSize"] },
};

const COLOR: readonly Import[] = [["../../codecs/colors.ts", "type ColorLike"]];

/** The archetypes of blueprints. */
const BLUEPRINT: Readonly<Record<string, ArchetypeOverride>> = {
  ActiveVisualizers: { positional: ["instructionIds"] },
  AudioPlayback: { positional: ["volume"], property: {} },
  Background: {
    positional: ["color"],
    property: {
      type: "ColorLike | EnumLike<BackgroundKind>",
      imports: [
        ...COLOR,
        ["../../define/codec.ts", "type EnumLike"],
        ["../components/background-kind.ts", "type BackgroundKind"],
      ],
      fieldsOf: "backgroundFields",
      doc: "the colour, which alone means `SolidColor`, or the kind.",
    },
  },
  CardLayout: { positional: ["fieldOrder"] },
  ContainerBlueprint: { positional: ["containerKind"] },
  ForceCenter: { positional: ["enabled"], property: {} },
  ForceCollisionRadius: { positional: ["enabled"], property: {} },
  ForceLink: { positional: ["enabled"], property: {} },
  ForceManyBody: { positional: ["enabled"], property: {} },
  ForcePosition: { positional: ["enabled"], property: {} },
  GraphBackground: { positional: ["color"], property: { valueKey: "r", type: "ColorLike", imports: COLOR } },
  LineGrid3D: { positional: ["visible"], property: {} },
  MapBackground: { positional: ["provider"], property: { isRequired: true } },
  MapZoom: { positional: ["zoom"], property: { isRequired: true } },
  NearClipPlane: { positional: ["nearClipPlane"] },
  PlotBackground: { positional: ["color"], property: { valueKey: "r", type: "ColorLike", imports: COLOR } },
  PlotLegend: {
    positional: ["corner"],
    property: {
      type: "EnumLike<Corner2D> | boolean",
      imports: [
        ["../../define/codec.ts", "type EnumLike"],
        ["../components/corner2d.ts", "type Corner2D"],
      ],
      fieldsOf: "plotLegendFields",
      doc: "the corner, or whether it is shown.",
    },
  },
  ScalarAxis: {
    positional: ["range"],
    property: { valueKey: "min", type: "RangeLike", imports: [["../../codecs/ranges.ts", "type RangeLike"]] },
  },
  SpatialInformation: { positional: ["targetFrame"], property: {} },
  TableColumnPreview: { positional: ["views"] },
  TensorViewFit: { positional: ["scaling"], property: {} },
  ViewBlueprint: { positional: ["classIdentifier"] },
  ViewContents: { positional: ["query"] },
  VisibleTimeRanges: { positional: ["ranges"], property: { isRequired: true, valueKey: "timeline" } },
  VisualBounds2D: { positional: ["range"], property: { isRequired: true, valueKey: "xRange" } },
  VisualizerInstruction: { positional: ["visualizerType"] },
};

const STRUCTS: Readonly<Record<string, StructOverride>> = {
  ComponentColumnSelector: {
    expected: "/entity/path:Component",
    forms: { module: "dataframe-columns", normalize: "selectorOf", type: "string" },
  },
  FilterByRange: {
    expected: "[start, end]",
    forms: {
      module: "dataframe-columns",
      normalize: "rangeFilterOf",
      isOne: "isTimePair",
      type: "readonly [start: TimeIntLike, end: TimeIntLike]",
    },
  },
  FilterIsNotNull: {
    expected: "/entity/path:Component",
    fallbacks: { active: true },
    forms: { module: "dataframe-columns", normalize: "notNullFilterOf", type: "ComponentColumnSelectorLike" },
  },
  SelectedColumns: {
    expected: "a list of timelines and of columns (/entity/path:Component)",
    forms: {
      module: "dataframe-columns",
      normalize: "selectedColumnsOf",
      isOne: "isOneColumnList",
      type: [
        "readonly ComponentColumnSelectorLike[]",
        "{ readonly timeColumns: readonly string[] }",
        "{ readonly componentColumns: readonly ComponentColumnSelectorLike[] }",
      ].join(" | "),
    },
  },
  TensorDimensionSelection: { shorthand: "dimension", expected: "a dimension", fallbacks: { invert: false } },
  TensorDimensionIndexSlider: { shorthand: "dimension", expected: "a dimension" },
  TextLogColumn: { shorthand: "kind", expected: "a kind", fallbacks: { visible: true } },
  VisibleTimeRange: {
    expected: "{ timeline, start, end }",
    forms: {
      module: "visible-time-ranges",
      normalize: "visibleTimeRangeOf",
      type: "{ readonly timeline: string; readonly start: TimeRangeBoundaryLike; readonly end: TimeRangeBoundaryLike }",
      imports: [["./time-range-boundary.ts", "type TimeRangeBoundaryLike"]],
    },
  },
  TimelineColumn: { shorthand: "timeline", expected: "a timeline", fallbacks: { visible: true } },
};

/** The archetypes without an override: all their fields are options. An archetype that is nowhere stops the generator. */
const WITHOUT_ARGUMENTS: readonly string[] = [
  "Arrows2D",
  "Arrows3D",
  "Cylinders3D",
  "Ellipses2D",
  "GridMap",
  "InstancePoses3D",
  "RecordingInfo",
  "SeriesLines",
  "StateChange",
  "StateConfiguration",
  "DataframeQuery",
  "EntityBehavior",
  "EyeControls3D",
  "PanelBlueprint",
  "PlotInteraction",
  "PreviewsConfig",
  "TableBlueprint",
  "TableColumn",
  "TableLayout",
  "TensorScalarMapping",
  "TensorSliceSelection",
  "TextDocumentFormat",
  "TextLogColumns",
  "TextLogFormat",
  "TextLogRows",
  "TimeAxis",
  "TimePanelBlueprint",
  "ViewportBlueprint",
];

/**
 * Additions of this SDK to Rerun's definitions: constructor arguments, hand-written conveniences, shorter forms of
 * structs.
 */
export const OVERRIDES: Overrides = {
  archetypes: { ...DATA, ...BLUEPRINT },
  withoutArguments: WITHOUT_ARGUMENTS,
  structs: STRUCTS,
};
