// The layout of the page: what the network answers beside its loss, and the learning rate of people below.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.Horizontal([
    new rrb.Spatial2DView({ name: "answers", origin: "/answers" }),
    new rrb.Vertical([
      new rrb.TimeSeriesView({ name: "loss", contents: "/loss" }),
      new rrb.TimeSeriesView({ name: "learning rate", contents: "/controls/learningRate" }),
    ]),
  ]),
  { collapsePanels: true },
);
