import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("graph_nodes");
const nodes = new rr.GraphNodes(["router", "laptop", "printer"], {
  positions: [
    [0, 0],
    [-80, 90],
    [80, 90],
  ],
  labels: ["Router", "Laptop", "Printer"],
  colors: ["orange", "deepskyblue", "limegreen"],
  radii: [16, 10, 10],
});
rec.log("network", nodes);
