import * as rr from "@rerun-ts/node";

export function nodes(rec: rr.RecordingStream): void {
  const style = { positions: [0, 1, 2.5, -3], radii: [0.5, -2], colors: ["red", "#00ff0080"] };
  rec.log("nodes", new rr.GraphNodes(["a", "größe"], { ...style, labels: ["A", "B"], showLabels: true }));
  rec.log("one", new rr.GraphNodes("a"));
  rec.log("iterable", new rr.GraphNodes(new Set(["a", "b"])));
  rec.log("none", new rr.GraphNodes([]));
}

export function edges(rec: rr.RecordingStream): void {
  const forms: Readonly<Record<string, rr.types.StringPairsLike>> = {
    pairs: [
      ["a", "b"],
      ["b", ""],
    ],
    objects: [
      { first: "a", second: "b" },
      { first: "b", second: "" },
    ],
    mixed: [["a", "b"], { first: "b", second: "" }],
    "one pair": ["a", "b"],
    "one object": { first: "a", second: "b" },
    "list of one": [["a", "b"]],
    none: [],
  };
  for (const [path, pairs] of Object.entries(forms)) rec.log(path, new rr.GraphEdges(pairs));
  for (const graphType of ["Directed", "Undirected", 1, 2] as const)
    rec.log("type", new rr.GraphEdges([["a", "b"]], { graphType }));
}

export function columns(rec: rr.RecordingStream): void {
  const frames = rr.TimeColumn.sequence("frame", [1, 2]);
  const pairs: rr.types.StringPairsLike = [
    ["a", "b"],
    ["b", "c"],
    ["c", "a"],
  ];
  rec.sendColumns("edges", frames, rr.GraphEdges.columns({ edges: pairs }).partition([1, 2]));
  rec.sendColumns("edges", frames, rr.GraphEdges.columns({ edges: pairs.slice(0, 2), graphType: ["Directed", 1] }));
  rec.sendColumns("nodes", frames, rr.GraphNodes.columns({ nodeIds: ["a", "b", "c"] }).partition([3, 0]));
}
