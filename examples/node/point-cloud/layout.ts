// The street from above, over the curve.
//
// examples/python/point_cloud.py has the same layout.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.Vertical(
    [
      new rrb.Spatial3DView({
        name: "street",
        origin: "/world",
        background: "#0b0e14",
        lineGrid: false,
        eyeControls: { kind: "Orbital", position: [-26, -24, 24], lookTarget: [0, 0, 2] },
      }),
      new rrb.TimeSeriesView({ name: "distance", contents: "/nearest", axisY: [2, 6] }),
    ],
    { rowShares: [3, 1] },
  ),
  new rrb.TimePanel({ timeline: "frame", state: "Collapsed" }),
  { collapsePanels: true },
);
