// A graph that grows: which number follows which when even ones are halved and odd ones tripled, plus one.
import * as rr from "@rerun-ts/node";

const LAST = 20;
const COLORS = { even: "deepskyblue", odd: "orange" };

export function logScene(rec: rr.RecordingStream): void {
  // The nodes so far, and which node each of them leads to. Nodes are known by their names.
  const nodes: number[] = [1];
  const edges: [from: string, to: string][] = [];
  for (let start = 1; start <= LAST; start++) {
    for (let number = start; !nodes.includes(number); number = following(number)) {
      nodes.push(number);
      edges.push([`${number}`, `${following(number)}`]);
    }
    rec.setTime("start", start);
    // The whole graph, as it is by now: what is logged replaces what was there before.
    const labels = nodes.map((number) => `${number}`);
    const colors = nodes.map((number) => (number % 2 === 0 ? COLORS.even : COLORS.odd));
    rec.log("collatz", [
      // Without `positions` the view finds places for them, by forces between nodes and along edges.
      new rr.GraphNodes(labels, { labels, colors }),
      new rr.GraphEdges(edges, { graphType: "Directed" }),
    ]);
  }
}

/** Wherever one begins, one seems to end at 1; nobody knows why. */
function following(number: number): number {
  return number % 2 === 0 ? number / 2 : number * 3 + 1;
}
