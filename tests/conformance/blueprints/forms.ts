import * as rr from "@rerun-ts/node";

const { blueprint: rrb } = rr;

const COLOR = "#ff880080";
const NEW_YEAR = new Date("2026-01-01T00:00:00Z");

export const backgroundKind = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({ name: "x", background: new rrb.Background("GradientBright") });

export const backgroundColor = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({ name: "x", background: new rrb.Background(COLOR) });

export const backgroundColorField = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({ name: "x", background: new rrb.Background({ color: COLOR }) });

export const backgroundWithoutArguments = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({ name: "x", background: new rrb.Background() });

export const lineGrid = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({ name: "x", lineGrid: new rrb.LineGrid3D(false, { spacing: 0.5 }) });

export const lineGridFields = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({ name: "x", lineGrid: new rrb.LineGrid3D({ spacing: 0.5 }) });

export const spatialInformation = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({
    name: "x",
    spatialInformation: new rrb.SpatialInformation({ targetFrame: "map", showAxes: true }),
  });

export const plotLegend = (): rr.types.BlueprintLike =>
  new rrb.TimeSeriesView({ name: "x", plotLegend: new rrb.PlotLegend("LeftTop", { visible: false }) });

export const plotLegendVisible = (): rr.types.BlueprintLike =>
  new rrb.TimeSeriesView({ name: "x", plotLegend: new rrb.PlotLegend(false) });

export const plotBackground = (): rr.types.BlueprintLike =>
  new rrb.TimeSeriesView({ name: "x", background: new rrb.PlotBackground(COLOR, { showGrid: true }) });

export const scalarAxis = (): rr.types.BlueprintLike =>
  new rrb.TimeSeriesView({ name: "x", axisY: new rrb.ScalarAxis([0, 1.5], { zoomLock: true }) });

export const tensorViewFit = (): rr.types.BlueprintLike =>
  new rrb.TensorView({ name: "x", viewFit: new rrb.TensorViewFit("Fill") });

export const graph = (): rr.types.BlueprintLike =>
  new rrb.GraphView({
    name: "x",
    background: new rrb.GraphBackground(COLOR),
    visualBounds: new rrb.VisualBounds2D({ xRange: [-0.1, 640], yRange: [0, 480] }),
    forceLink: new rrb.ForceLink(true, { distance: 3 }),
    forceManyBody: new rrb.ForceManyBody(false),
    forcePosition: new rrb.ForcePosition(false),
    forceCollisionRadius: new rrb.ForceCollisionRadius(false),
    forceCenter: new rrb.ForceCenter(false),
  });

export const map = (): rr.types.BlueprintLike =>
  new rrb.MapView({
    name: "x",
    zoom: new rrb.MapZoom({ zoom: 16 }),
    background: new rrb.MapBackground({ provider: "MapboxDark" }),
  });

export const volume = (): rr.types.BlueprintLike =>
  new rrb.AudioView({ name: "x", playback: new rrb.AudioPlayback(0.5) });

export const timeRanges = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({
    name: "x",
    timeRanges: new rrb.VisibleTimeRanges({
      timeline: "time",
      start: rrb.cursorRelative({ seconds: -2.5 }),
      end: rrb.cursorRelative(),
    }),
  });

export const timeRangesInAnOverride = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({
    name: "x",
    overrides: {
      "/points": new rrb.VisibleTimeRanges({
        timeline: "time",
        start: rrb.absolute(NEW_YEAR),
        end: rrb.infinite(),
      }),
    },
  });

export const severalTimeRanges = (): rr.types.BlueprintLike =>
  new rrb.Spatial3DView({
    name: "x",
    timeRanges: [
      { timeline: "time", start: rrb.cursorRelative(-5n), end: { cursorRelative: { millis: 250 } } },
      { timeline: "frame", start: rrb.absolute(3), end: { absolute: 7 } },
    ],
  });

export const dataframe = (): rr.types.BlueprintLike =>
  new rrb.DataframeView({
    name: "x",
    query: {
      filterByRange: [{ seconds: 1 }, NEW_YEAR],
      filterIsNotNull: "/points:speed",
      applyLatestAt: false,
      select: ["frame", "/points:speed", { entityPath: "/other", component: "speed" }],
      autoScroll: false,
    },
  });

export const dataframeWithTimesOnly = (): rr.types.BlueprintLike =>
  new rrb.DataframeView({
    name: "x",
    query: new rrb.DataframeQuery({
      filterByRange: [-5, 7],
      applyLatestAt: false,
      select: { timeColumns: ["frame"] },
      autoScroll: false,
    }),
  });

export const viewRange = (): rr.types.BlueprintLike =>
  new rrb.TimeSeriesView({
    name: "x",
    axisX: { viewRange: { start: rrb.cursorRelative({ seconds: -1 }), end: rrb.cursorRelative() } },
  });

export const timeSelection = (): rr.types.BlueprintLike =>
  new rrb.Blueprint(
    new rrb.TextLogView({ name: "x" }),
    new rrb.TimePanel({ timeline: "time", timeSelection: [{ seconds: 1 }, NEW_YEAR], loopMode: "Selection" }),
  );
