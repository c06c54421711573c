// Edges name the nodes that they connect; nodes need not be logged themselves.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("graph_edges");
const edges = [
  ["router", "laptop"],
  ["router", "printer"],
  ["router", "server"],
  ["server", "disk"],
] as const;
rec.log("network", new rr.GraphEdges(edges, { graphType: "Directed" }));
