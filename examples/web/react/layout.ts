// The layout of the viewer: the wave above its frequency.
import * as rrb from "@rerun-ts/web/blueprint";

/** Two views, without panels. */
export const layout: rrb.Blueprint = new rrb.Blueprint(
  new rrb.Vertical([new rrb.Spatial2DView({ origin: "wave" }), new rrb.TimeSeriesView({ origin: "frequency" })], {
    rowShares: [2, 1],
  }),
  { collapsePanels: true },
);
