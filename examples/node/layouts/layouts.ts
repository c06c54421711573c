// A layout for each kind of view and each container. docs/blueprints.md shows them.
import * as rr from "@rerun-ts/node";
import * as rrb from "@rerun-ts/node/blueprint";

const ball = (): rrb.View =>
  new rrb.Spatial3DView({
    name: "ball",
    origin: "/world",
    background: "black",
    eyeControls: { position: [4, -6, 4], lookTarget: [0, 0, 0] },
  });
const curves = (): rrb.View => new rrb.TimeSeriesView({ name: "curves", origin: "/plot" });
const messages = (): rrb.View => new rrb.TextLogView({ name: "messages", origin: "/log" });
const notes = (): rrb.View => new rrb.TextDocumentView({ name: "notes", origin: "/notes" });

/** The layouts by name. */
export const LAYOUTS: Readonly<Record<string, () => rrb.View | rrb.Container>> = {
  spatial3d: () =>
    new rrb.Spatial3DView({
      name: "ball and box",
      origin: "/world",
      background: "#101820",
      lineGrid: { spacing: 0.5, color: "seagreen" },
      eyeControls: { kind: "Orbital", position: [4, -5, 3], lookTarget: [0, 0, 0] },
      timeRanges: { timeline: "frame", start: rrb.cursorRelative(-60), end: rrb.cursorRelative(0) },
    }),
  spatial2d: () =>
    new rrb.Spatial2DView({
      name: "stripes",
      origin: "/image",
      background: "black",
      visualBounds: { xRange: [-8, 72], yRange: [-6, 54] },
      overrides: { "/image/frame": rr.Boxes2D.fromFields({ colors: "yellow", radii: 1 }) },
    }),
  "time-series": () =>
    new rrb.TimeSeriesView({
      name: "curves",
      origin: "/plot",
      axisY: [-2, 2],
      plotLegend: "LeftTop",
      background: "#101820",
      overrides: {
        "/plot/sine": new rr.SeriesLines({ colors: "red", widths: 4, names: "sine" }),
        "/plot/cosine": new rr.SeriesPoints({
          colors: "dodgerblue",
          markers: "Diamond",
          markerSizes: 5,
          names: "cosine",
        }),
      },
    }),
  "bar-chart": () => new rrb.BarChartView({ name: "digits", origin: "/bars", background: "#101820" }),
  tensor: () =>
    new rrb.TensorView({
      name: "a slice",
      origin: "/volume",
      sliceSelection: { width: 1, height: 0, indices: [{ dimension: 2, index: 1 }] },
      scalarMapping: { colormap: "Turbo" },
      viewFit: "Fill",
    }),
  map: () => new rrb.MapView({ name: "route", origin: "/route", zoom: 14, background: "OpenStreetMap" }),
  graph: () =>
    new rrb.GraphView({
      name: "star",
      origin: "/graph",
      background: "#101820",
      forceLink: { distance: 80 },
      forceManyBody: { strength: -80 },
    }),
  "text-log": () =>
    new rrb.TextLogView({
      name: "warnings",
      origin: "/log",
      columns: { timelineColumns: ["frame"], textLogColumns: ["LogLevel", "Body"] },
      rows: { filterByLogLevel: "WARN" },
      formatOptions: { monospaceBody: true },
    }),
  "text-document": () => new rrb.TextDocumentView({ name: "notes", origin: "/notes" }),
  dataframe: () =>
    new rrb.DataframeView({
      name: "table",
      origin: "/plot",
      query: { timeline: "frame", filterByRange: { start: 10, end: 40 } },
    }),
  "state-timeline": () => new rrb.StateTimelineView({ name: "door", origin: "/door" }),
  audio: () => new rrb.AudioView({ name: "tone", origin: "/sound", playback: 0.5 }),
  tabs: () => new rrb.Tabs([ball(), curves(), notes()], { activeTab: "notes" }),
  horizontal: () => new rrb.Horizontal([ball(), curves()], { columnShares: [1, 2] }),
  vertical: () => new rrb.Vertical([ball(), curves(), messages()], { rowShares: [3, 2, 1] }),
  grid: () => new rrb.Grid([ball(), curves(), messages(), notes()], { gridColumns: 2, columnShares: [2, 1] }),
};

/** All views as tabs, without the panels around them except for the time. */
export function overview(): rrb.Blueprint {
  const views = Object.values(LAYOUTS).map((create) => create());
  return new rrb.Blueprint(
    new rrb.Tabs(views.filter((part) => part instanceof rrb.View)),
    new rrb.TimePanel({ timeline: "frame", state: "Collapsed", playState: "Playing", loopMode: "All", fps: 25 }),
    { collapsePanels: true },
  );
}
