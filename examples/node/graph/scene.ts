// A graph that grows: the Collatz sequences, in which even numbers are halved and odd numbers n become 3n + 1.
import * as rr from "@rerun-ts/node";

const LAST = 20;
const COLORS = { even: "deepskyblue", odd: "orange" };

export function logScene(rec: rr.RecordingStream): void {
  // The nodes so far, and the node that each of them leads to. Names identify nodes.
  const nodes: number[] = [1];
  const edges: [from: string, to: string][] = [];
  for (let start = 1; start <= LAST; start++) {
    for (let number = start; !nodes.includes(number); number = following(number)) {
      nodes.push(number);
      edges.push([`${number}`, `${following(number)}`]);
    }
    rec.setTime("start", start);
    // The whole graph at this time: it replaces the one that was logged before.
    const labels = nodes.map((number) => `${number}`);
    const colors = nodes.map((number) => (number % 2 === 0 ? COLORS.even : COLORS.odd));
    rec.log("collatz", [
      // Without `positions` the view places the nodes, with forces between nodes and along edges.
      new rr.GraphNodes(labels, { labels, colors }),
      new rr.GraphEdges(edges, { graphType: "Directed" }),
    ]);
  }
}

/** Every sequence seems to end at 1; nobody knows why. */
function following(number: number): number {
  return number % 2 === 0 ? number / 2 : number * 3 + 1;
}
