import * as rr from "@rerun-ts/node";

const { blueprint: rrb } = rr;

export const defaults = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({
    name: "x",
    defaults: [
      rr.Points3D.fromFields({ radii: 0.1, colors: "#ff880080" }),
      rr.Pinhole.fromFields({ imagePlaneDistance: 2 }),
    ],
  });

export const oneDefault = (): rr.types.BlueprintLike =>
  new rrb.TimeSeriesView({ name: "x", defaults: new rr.SeriesLines({ widths: 3 }) });

export const archetypes = (): rr.types.BlueprintLike =>
  new rrb.TimeSeriesView({
    name: "x",
    overrides: {
      "heights/ruby": new rr.SeriesLines({ colors: "#ff880080", widths: 2, names: "größe" }),
      "/two of them": [new rr.SeriesLines(), rr.SeriesPoints.fromFields({ markers: "Cross" })],
      "/": undefined,
    },
  });

export const visualizers = (): rr.types.BlueprintLike =>
  new rrb.TimeSeriesView({
    name: "x",
    overrides: {
      "/plain": new rrb.Visualizer("SeriesPoints"),
      "/any": [
        new rrb.Visualizer("SeriesLines", {
          overrides: [new rr.SeriesLines({ names: "v" })],
          mappings: { target: "Scalars:scalars", sourceKind: "SourceComponent", sourceComponent: "val" },
        }),
        new rrb.Visualizer("SeriesPoints", {
          overrides: new rr.SeriesPoints({ names: "s" }),
          mappings: [
            { target: "Scalars:scalars", sourceKind: 1, sourceComponent: "s", selector: ".x" },
            { target: "SeriesPoints:colors", sourceKind: "Override" },
            { target: "SeriesPoints:marker_sizes", sourceKind: "Default" },
            { target: "SeriesPoints:names", sourceKind: "AnnotationContext" },
          ],
        }),
      ],
    },
  });

export const entities = (): rr.types.BlueprintLike =>
  new rrb.Spatial2DView({
    name: "x",
    overrides: {
      "/hidden": new rrb.EntityBehavior({ visible: false }),
      "/trail": [
        new rr.Points2D([[1, 2]], { colors: "#ff8800" }),
        new rrb.EntityBehavior({ interactive: false, visible: true }),
        new rrb.VisibleTimeRanges({
          timeline: "frame",
          range: { start: rrb.cursorRelative(-5), end: rrb.cursorRelative(0) },
        }),
      ],
    },
  });

const VISUALIZERS: readonly rr.types.AsComponents[] = [
  rr.Arrows2D,
  rr.Arrows3D,
  rr.Asset3D,
  rr.AssetAudio,
  rr.BarChart,
  rr.Boxes2D,
  rr.Boxes3D,
  rr.Capsules3D,
  rr.Cylinders3D,
  rr.DepthImage,
  rr.Ellipses2D,
  rr.Ellipsoids3D,
  rr.EncodedDepthImage,
  rr.EncodedImage,
  rr.GaussianSplats3D,
  rr.GeoLineStrings,
  rr.GeoPoints,
  rr.GraphEdges,
  rr.GraphNodes,
  rr.Image,
  rr.LineStrips2D,
  rr.LineStrips3D,
  rr.Measurements,
  rr.Mesh3D,
  rr.Pinhole,
  rr.Points2D,
  rr.Points3D,
  rr.SegmentationImage,
  rr.SeriesLines,
  rr.SeriesPoints,
  rr.StateChange,
  rr.StateConfiguration,
  rr.Tensor,
  rr.TextDocument,
  rr.TextLog,
  rr.TransformAxes3D,
  rr.VideoFrameReference,
  rr.VideoStream,
  rr.Volume3D,
  rr.VoxelGridMap,
].map((archetype) => archetype.fromFields({}));

export const everyVisualizer = (): rr.types.BlueprintLike =>
  new rrb.View({ classIdentifier: "3D", name: "x", overrides: { "/everything": VISUALIZERS } });
