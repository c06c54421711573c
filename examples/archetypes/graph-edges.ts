// Edges name the nodes that they connect.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("graph_edges");
const edges = [
  ["router", "laptop"],
  ["router", "printer"],
  ["router", "server"],
  ["server", "disk"],
] as const;
const nodes = ["router", "laptop", "printer", "server", "disk"];
rec.log("network", new rr.GraphNodes(nodes, { labels: nodes }));
rec.log("network", new rr.GraphEdges(edges, { graphType: "Directed" }));
