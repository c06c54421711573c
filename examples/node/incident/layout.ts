// The layout of the page: the crane, and beside it the weight above the console.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.Horizontal([
    new rrb.Spatial3DView({ name: "crane", origin: "crane" }),
    new rrb.Vertical([
      new rrb.TimeSeriesView({ name: "weight (t)", contents: "/weight" }),
      new rrb.TextLogView({ name: "console", contents: ["/logs/**", "/flight_recorder"] }),
    ]),
  ]),
  new rrb.TimePanel({ timeline: "step", state: "Collapsed" }),
  { collapsePanels: true },
);
