import * as rr from "@rerun-ts/node";

const { blueprint: rrb } = rr;

const WINDOW = { timeline: "frame", start: rrb.cursorRelative(-10), end: rrb.cursorRelative(0) };

export const commonOptions = (): rr.types.BlueprintLike =>
  new rrb.TextLogView({
    origin: "/logs",
    contents: ["+ $origin/**", "- /logs/noise", "/world/robot/**", "+/a", "- $origin"],
    name: "Größe",
    visible: false,
    titlebar: true,
  });

export const oneExpression = (): rr.types.BlueprintLike => new rrb.TextLogView({ name: "x", contents: "/**" });

export const originAsParts = (): rr.types.BlueprintLike =>
  new rrb.TextLogView({ name: "x", origin: ["world", "robot 1"], titlebar: false, visible: true });

export const contentsAsArchetype = (): rr.types.BlueprintLike =>
  new rrb.TextLogView({ name: "x", contents: new rrb.ViewContents(["+ /a", "+ /b/**"]) });

export const ownClass = (): rr.types.BlueprintLike =>
  new rrb.View({
    classIdentifier: "MyView",
    name: "x",
    properties: { MyProperty: new rrb.MapZoom(3), NearClipPlane: new rrb.NearClipPlane(0.1) },
  });

export const audio = (): rr.types.BlueprintLike => new rrb.AudioView({ name: "x", playback: { volume: 0.1 } });

export const volume = (): rr.types.BlueprintLike => new rrb.AudioView({ name: "x", playback: 0.1 });

export const barChart = (): rr.types.BlueprintLike =>
  new rrb.BarChartView({
    name: "x",
    plotLegend: { corner: "LeftBottom", visible: true },
    background: { color: "#ff880080", showGrid: false },
  });

export const barChartShort = (): rr.types.BlueprintLike =>
  new rrb.BarChartView({ name: "x", plotLegend: "rightbottom" as "RightBottom", background: [255, 136, 0, 128] });

export const dataframe = (): rr.types.BlueprintLike =>
  new rrb.DataframeView({
    name: "x",
    query: {
      timeline: "frame",
      filterByRange: { start: -5, end: 2n ** 60n },
      filterIsNotNull: { active: true, column: { entityPath: "/points", component: "Points3D:radii" } },
      applyLatestAt: true,
      select: {
        timeColumns: ["frame"],
        componentColumns: [{ entityPath: "/points", component: "Points3D:radii" }],
      },
      entityOrder: ["/b", "/a"],
      autoScroll: false,
    },
  });

export const graph = (): rr.types.BlueprintLike =>
  new rrb.GraphView({
    name: "x",
    background: { color: "#ff880080" },
    visualBounds: { range: { xRange: [-0.1, 640], yRange: [0, 480] } },
    forceLink: { enabled: true, distance: 60.1, iterations: 3 },
    forceManyBody: { enabled: false, strength: -60.1 },
    forcePosition: { enabled: true, strength: 0.1, position: [0.1, -2] },
    forceCollisionRadius: { enabled: true, strength: 0.2, iterations: 2n ** 60n },
    forceCenter: { enabled: true, strength: 0.3 },
  });

export const graphShort = (): rr.types.BlueprintLike =>
  new rrb.GraphView({
    name: "x",
    background: "#ff880080",
    visualBounds: { xRange: [-0.1, 640], yRange: [0, 480] },
    forceLink: false,
    forceManyBody: true,
    forcePosition: false,
    forceCollisionRadius: true,
    forceCenter: false,
  });

export const map = (): rr.types.BlueprintLike =>
  new rrb.MapView({ name: "x", zoom: { zoom: 16.1 }, background: { provider: "MapboxDark" } });

export const mapShort = (): rr.types.BlueprintLike => new rrb.MapView({ name: "x", zoom: 16.1, background: 3 });

export const spatial2d = (): rr.types.BlueprintLike =>
  new rrb.Spatial2DView({
    name: "x",
    background: { kind: "GradientBright", color: "#ff880080" },
    visualBounds: new rrb.VisualBounds2D({ range: { xRange: [-0.1, 640], yRange: [0, 480] } }),
    spatialInformation: { targetFrame: "tf#/robot", showAxes: true, showBoundingBox: false },
    timeRanges: [WINDOW, { timeline: "time", range: { start: "infinite", end: { absolute: -(2n ** 60n) } } }],
  });

export const spatial2dShort = (): rr.types.BlueprintLike =>
  new rrb.Spatial2DView({
    name: "x",
    background: "#ff880080",
    visualBounds: { xRange: [0, 1], yRange: [0, 1] },
    spatialInformation: "tf#/robot",
    timeRanges: WINDOW,
  });

export const spatial3d = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({
    name: "x",
    background: new rrb.Background({ kind: "GradientDark" }),
    lineGrid: {
      visible: false,
      spacing: 0.1,
      plane: { normal: [0, 0, 1], distance: 0.1 },
      strokeWidth: 0.5,
      color: "#ff8800",
    },
    spatialInformation: { targetFrame: "robot", showAxes: true, showBoundingBox: true, axes: "RDF" },
    eyeControls: {
      kind: "FirstPerson",
      position: [1, 2, 3],
      lookTarget: [0.1, 0, 0],
      eyeUp: [0, 0, 1],
      speed: 0.1,
      trackingEntity: "/robot",
      spinSpeed: -0.1,
    },
    timeRanges: new rrb.VisibleTimeRanges({ timeline: "frame", range: { start: "infinite", end: "infinite" } }),
  });

export const spatial3dShort = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({ name: "x", background: "GradientBright", lineGrid: true });

export const backgroundByNumber = (): rr.types.BlueprintLike => new rrb.Spatial3DView({ name: "x", background: 2 });

export const backgroundByColor = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({ name: "x", background: { color: "#ff880080" } });

export const stateTimeline = (): rr.types.BlueprintLike =>
  new rrb.StateTimelineView({
    name: "x",
    timeView: { link: "Independent", viewRange: { start: rrb.absolute(1), end: rrb.infinite() }, zoomLock: true },
    timeRanges: { timeline: "frame", start: rrb.infinite(), end: rrb.absolute(100) },
  });

export const tensor = (): rr.types.BlueprintLike =>
  new rrb.TensorView({
    name: "x",
    sliceSelection: {
      width: 1,
      height: { dimension: 0, invert: true },
      indices: [{ dimension: 2, index: 4 }],
      slider: [2],
    },
    scalarMapping: { magFilter: "Linear", colormap: "Magma", gamma: 2.2 },
    viewFit: { scaling: "FillKeepAspectRatio" },
  });

export const tensorShort = (): rr.types.BlueprintLike => new rrb.TensorView({ name: "x", viewFit: "Original" });

export const textDocument = (): rr.types.BlueprintLike =>
  new rrb.TextDocumentView({ name: "x", formatOptions: { monospace: true, wordWrap: false } });

export const textLog = (): rr.types.BlueprintLike =>
  new rrb.TextLogView({
    name: "x",
    columns: { timelineColumns: ["frame", { timeline: "time", visible: false }], textLogColumns: ["Body", "LogLevel"] },
    rows: { filterByLogLevel: ["WARN", "ERROR"] },
    formatOptions: { monospaceBody: true },
  });

export const timeSeries = (): rr.types.BlueprintLike =>
  new rrb.TimeSeriesView({
    name: "x",
    axisX: { link: "LinkToGlobal", viewRange: { start: rrb.cursorRelative(-100), end: "infinite" }, zoomLock: false },
    axisY: { range: [-0.1, 1e300], zoomLock: true },
    plotLegend: { corner: "LeftTop", visible: false },
    background: { color: "#ff880080", showGrid: true },
    interaction: { tooltipMode: "All", pointsDisplay: "Always" },
    timeRanges: WINDOW,
  });

export const timeSeriesShort = (): rr.types.BlueprintLike =>
  new rrb.TimeSeriesView({ name: "x", axisY: { min: -5, max: 5 }, plotLegend: false, background: "#ff880080" });
