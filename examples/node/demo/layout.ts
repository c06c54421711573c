// The cube, beside what the camera sees, the plot, and the texts in tabs.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.Horizontal(
    [
      new rrb.Spatial3DView({ name: "Cube", contents: ["/**", "- /about"], background: "black" }),
      new rrb.Vertical([
        new rrb.Spatial2DView({ name: "Camera", origin: "/camera" }),
        new rrb.TimeSeriesView({ name: "Heights", origin: "/heights", plotLegend: "LeftTop" }),
        new rrb.Tabs(
          [
            new rrb.TextLogView({ name: "Log", origin: "/log" }),
            new rrb.TextDocumentView({ name: "About", origin: "/about" }),
          ],
          { activeTab: "Log" },
        ),
      ]),
    ],
    { columnShares: [3, 2] },
  ),
  new rrb.TimePanel({ timeline: "frame", state: "Collapsed", loopMode: "All" }),
  { collapsePanels: true },
);
