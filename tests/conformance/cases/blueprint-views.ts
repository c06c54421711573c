import * as rr from "@rerun-ts/node";

const { blueprint } = rr;

export function plots(rec: rr.RecordingStream): void {
  rec.log("y", new blueprint.ScalarAxis({ range: [-0.1, 1e300], zoomLock: true }));
  const viewRange = { start: { cursorRelative: -100 }, end: "infinite" } as const;
  rec.log("x", new blueprint.TimeAxis({ link: "LinkToGlobal", viewRange, zoomLock: false }));
  rec.log("background", new blueprint.PlotBackground({ color: "#ff880080", showGrid: false }));
  rec.log("interaction", new blueprint.PlotInteraction({ tooltipMode: "All", pointsDisplay: "Always" }));
  rec.log("legend", new blueprint.PlotLegend({ corner: "RightBottom", visible: true }));
}

export function texts(rec: rr.RecordingStream): void {
  rec.log("document", new blueprint.TextDocumentFormat({ monospace: true, wordWrap: false }));
  rec.log("log", new blueprint.TextLogFormat({ monospaceBody: true }));
  rec.log("rows", new blueprint.TextLogRows({ filterByLogLevel: ["WARN", "ERROR"] }));
  const timelineColumns = ["frame", { timeline: "time", visible: false }];
  const textLogColumns = ["Body", "loglevel" as "LogLevel", 1, { kind: "EntityPath", visible: false }] as const;
  rec.log("columns", new blueprint.TextLogColumns({ timelineColumns, textLogColumns }));
  rec.log("one column", new blueprint.TextLogColumns({ timelineColumns: "frame", textLogColumns: "Body" }));
}

export function tensors(rec: rr.RecordingStream): void {
  rec.log("colors", new blueprint.TensorScalarMapping({ magFilter: "Linear", colormap: "Magma", gamma: 2.2 }));
  rec.log("fit", new blueprint.TensorViewFit({ scaling: "FillKeepAspectRatio" }));
  const indices = [
    { dimension: 2, index: 4 },
    { dimension: 3, index: 2n ** 60n },
  ];
  const slice = { width: 1, height: { dimension: 0, invert: true }, indices, slider: [2, { dimension: 3 }] };
  rec.log("slice", new blueprint.TensorSliceSelection(slice));
  rec.log("one", new blueprint.TensorSliceSelection({ width: { dimension: 1 }, indices: indices[0], slider: 7 }));
}

export function forces(rec: rr.RecordingStream): void {
  rec.log("center", new blueprint.ForceCenter({ enabled: true, strength: 0.1 }));
  rec.log("collision", new blueprint.ForceCollisionRadius({ enabled: false, strength: 0.2, iterations: 3 }));
  rec.log("link", new blueprint.ForceLink({ enabled: true, distance: 60.1, iterations: 2n ** 64n - 1n }));
  rec.log("body", new blueprint.ForceManyBody({ enabled: true, strength: -60.1 }));
  rec.log("position", new blueprint.ForcePosition({ enabled: true, strength: 0.3, position: [0.1, -2] }));
  rec.log("background", new blueprint.GraphBackground({ color: [255, 136, 0, 128] }));
}
