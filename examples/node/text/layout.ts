// The log without its noise, beside the report.
import * as rrb from "@rerun-ts/node/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.Horizontal(
    [
      new rrb.TextLogView({
        name: "Log",
        contents: ["+ /**", "- /report"],
        columns: { timelineColumns: ["minute"], textLogColumns: ["EntityPath", "LogLevel", "Body"] },
      }),
      new rrb.TextDocumentView({ name: "Report", origin: "/report" }),
    ],
    { columnShares: [3, 2] },
  ),
  new rrb.TimePanel({ timeline: "minute", state: "Collapsed" }),
  { collapsePanels: true },
);
