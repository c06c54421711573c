// A graph that grows: which number follows which when even ones are halved and odd ones tripled.
import * as rr from "@rerun-ts/node";

const STEPS = 40;

export function logScene(rec: rr.RecordingStream): void {
  const nodes = new Map<number, string>([[1, "white"]]);
  const edges: [string, string][] = [];
  for (let start = 2; start < STEPS; start++) {
    for (let number = start; !nodes.has(number);) {
      const next = number % 2 === 0 ? number / 2 : number * 3 + 1;
      nodes.set(number, number % 2 === 0 ? "deepskyblue" : "orange");
      edges.push([`${number}`, `${next}`]);
      number = next;
    }
    rec.setTime("step", start);
    rec.log("collatz", [
      new rr.GraphNodes(Array.from(nodes.keys(), String), {
        labels: Array.from(nodes.keys(), String),
        colors: [...nodes.values()],
      }),
      new rr.GraphEdges(edges, { graphType: "Directed" }),
    ]);
  }
}
