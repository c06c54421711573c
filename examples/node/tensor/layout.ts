// A slice that fills the view, in the colours of temperatures.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.TensorView({
    name: "Pressure",
    origin: "/pressure",
    scalarMapping: { colormap: "Turbo", magFilter: "Linear" },
    viewFit: "FillKeepAspectRatio",
  }),
  new rrb.TimePanel({ timeline: "frame", state: "Collapsed", playState: "Playing", loopMode: "All" }),
  { collapsePanels: true },
);
