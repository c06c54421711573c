// The cinema in 3D, above its three screens.
import * as rrb from "@rerun-ts/node/blueprint";

const screen = (name: string, origin: string): rrb.View => new rrb.Spatial2DView({ name, origin, background: "black" });

export const layout = new rrb.Blueprint(
  new rrb.Vertical(
    [
      new rrb.Spatial3DView({ name: "Cinema", origin: "/cinema", background: "black" }),
      new rrb.Horizontal([
        screen("File", "/cinema/file"),
        screen("Stream", "/cinema/stream"),
        screen("Backwards", "/cinema/backwards"),
      ]),
    ],
    { rowShares: [3, 2] },
  ),
  new rrb.TimePanel({ timeline: "frame", state: "Collapsed", playState: "Playing", loopMode: "All", fps: 10 }),
  { collapsePanels: true },
);
