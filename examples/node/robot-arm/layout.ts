// The arm from the side, beside the angles of its joints.
//
// examples/python/robot_arm.py has the same layout.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.Horizontal(
    [
      new rrb.Spatial3DView({
        name: "arm",
        origin: "/arm",
        background: "#0b0e14",
        eyeControls: { kind: "Orbital", position: [0.5, 6, 3.2], lookTarget: [0, 0, 1.2] },
      }),
      new rrb.TimeSeriesView({ name: "angles (degrees)", contents: "/joints", plotLegend: "RightTop" }),
    ],
    { columnShares: [3, 2] },
  ),
  new rrb.TimePanel({ timeline: "frame", state: "Collapsed" }),
  { collapsePanels: true },
);
