// The crane beside the values of its joints.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.Horizontal(
    [
      new rrb.Spatial3DView({
        name: "crane",
        origin: "/crane",
        contents: ["/crane/visual_geometries/**", "/tf/**", "/tf_static/**"],
        background: "#0b0e14",
        eyeControls: { kind: "Orbital", position: [4.5, 0.2, 2.4], lookTarget: [0, 0.8, 1.2] },
      }),
      new rrb.TimeSeriesView({ name: "joints", contents: "/joints" }),
    ],
    { columnShares: [3, 2] },
  ),
  new rrb.TimePanel({ timeline: "frame", state: "Collapsed" }),
  { collapsePanels: true },
);
