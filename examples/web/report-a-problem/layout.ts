// The layout of the report: the scene beside the console, with the reason of the report.
import * as rrb from "@rerun-ts/web/blueprint";

/** Two views and the time. */
export const layout: rrb.Blueprint = new rrb.Blueprint(
  new rrb.Horizontal([
    new rrb.Spatial3DView({ name: "scene", origin: "scene" }),
    new rrb.TextLogView({
      name: "console",
      contents: ["/logs/**", "/network", "/pointer/events", "/page/meta", "/flight_recorder"],
    }),
  ]),
  new rrb.TimePanel({ timeline: "frame", state: "Collapsed" }),
  { collapsePanels: true },
);
