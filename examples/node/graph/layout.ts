// Forces that keep the numbers apart.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.GraphView({
    name: "Collatz",
    origin: "/collatz",
    background: "#10141c",
    forceLink: { distance: 30 },
    forceManyBody: { strength: -60 },
  }),
  new rrb.TimePanel({ timeline: "start", state: "Collapsed" }),
  { collapsePanels: true },
);
