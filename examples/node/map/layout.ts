// The map, beside the speed.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.Horizontal(
    [
      new rrb.MapView({ name: "Manhattan", background: "OpenStreetMap", zoom: 13 }),
      new rrb.TimeSeriesView({ name: "Speed", origin: "/speed", axisY: [0, 60], plotLegend: "LeftTop" }),
    ],
    { columnShares: [1, 1] },
  ),
  new rrb.TimePanel({ timeline: "frame", state: "Collapsed", playState: "Playing", loopMode: "All" }),
  { collapsePanels: true },
);
