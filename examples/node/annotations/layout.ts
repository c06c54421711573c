// One view, without the grey of an empty background.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.Spatial2DView({ name: "Detector", origin: "/photo", background: "black" }),
  new rrb.TimePanel({ timeline: "frame", state: "Collapsed", playState: "Playing", loopMode: "All" }),
  { collapsePanels: true },
);
