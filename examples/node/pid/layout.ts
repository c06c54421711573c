// The layout of the page: the angle above the wish, the gains of people below.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.Vertical([
    new rrb.TimeSeriesView({ name: "angle and wish", contents: ["/angle", "/wish"] }),
    new rrb.TimeSeriesView({ name: "error", contents: "/error" }),
    new rrb.TimeSeriesView({ name: "gains", contents: ["/controls/p", "/controls/i", "/controls/d"] }),
  ]),
  { collapsePanels: true },
);
