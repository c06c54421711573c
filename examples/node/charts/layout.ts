// Curves above each other with one time axis, beside the bars.
//
// examples/python/charts.py has the same layout.
import * as rrb from "@rerun-ts/node/blueprint";

const axisX = { link: "LinkToGlobal" } as const;

export const layout = new rrb.Blueprint(
  new rrb.Horizontal(
    [
      new rrb.Vertical(
        [
          new rrb.TimeSeriesView({ name: "temperature (°C)", contents: "/thermometer", axisX }),
          new rrb.TimeSeriesView({ name: "heat (kW)", contents: "/heat", axisX, plotLegend: "LeftTop" }),
          new rrb.StateTimelineView({ name: "states", origin: "/states" }),
        ],
        { rowShares: [3, 2, 1] },
      ),
      new rrb.BarChartView({ name: "minutes at each temperature", contents: "/minutes_at" }),
    ],
    { columnShares: [3, 2] },
  ),
  new rrb.TimePanel({ timeline: "minute", state: "Collapsed" }),
  { collapsePanels: true },
);
