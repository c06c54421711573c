// The spans above their log.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.Vertical(
    [
      new rrb.StateTimelineView({ name: "spans", contents: "/traces/**" }),
      new rrb.TextLogView({ name: "log", contents: "/traces/log" }),
    ],
    { rowShares: [2, 3] },
  ),
  new rrb.TimePanel({ timeline: "log_time", state: "Collapsed" }),
  { collapsePanels: true },
);
