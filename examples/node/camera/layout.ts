// The scene in 3D, beside the two images of the camera.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.Horizontal(
    [
      new rrb.Spatial3DView({ name: "Scene", origin: "/world", background: "#10141c" }),
      new rrb.Vertical([
        new rrb.Spatial2DView({ name: "Colours", origin: "/world/camera/color" }),
        new rrb.Spatial2DView({ name: "Depths", origin: "/world/camera/depth" }),
      ]),
    ],
    { columnShares: [3, 2] },
  ),
  new rrb.TimePanel({ timeline: "frame", state: "Collapsed", playState: "Playing", loopMode: "All" }),
  { collapsePanels: true },
);
