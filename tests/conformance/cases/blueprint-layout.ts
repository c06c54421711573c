import * as rr from "@rerun-ts/node";

const { blueprint } = rr;
const ID = "00010203-0405-0607-0809-0a0b0c0d0eff";
const ID_BYTES = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);

export function containers(rec: rr.RecordingStream): void {
  const contents = ["/view/a", "/container/b"];
  const grid = { displayName: "Größe", contents, colShares: [1, 0.1], rowShares: [2, 0.2], activeTab: "/view/a" };
  rec.log("container", new blueprint.ContainerBlueprint("Grid", { ...grid, visible: true, gridColumns: 3 }));
  const viewport = { autoLayout: true, autoViews: false, pastViewerRecommendations: [1n, 2n ** 64n - 1n] };
  rec.log("viewport", new blueprint.ViewportBlueprint({ rootContainer: ID, maximized: ID_BYTES, ...viewport }));
}

export function views(rec: rr.RecordingStream): void {
  const view = { displayName: "Größe", spaceOrigin: "/world", visible: false, titlebar: true };
  rec.log("view", new blueprint.ViewBlueprint("3D", view));
  rec.log("contents", new blueprint.ViewContents(["+ /**", "- /robot/**"]));
  rec.log("visualizers", new blueprint.ActiveVisualizers([ID, ID_BYTES]));
  const componentMap = [
    { target: "Scalars:scalars", sourceKind: "SourceComponent", sourceComponent: "a:b", selector: ".x" },
    { target: "SeriesLines:colors", sourceKind: "override" as "Override" },
    { target: "SeriesLines:widths", sourceKind: 3, selector: null },
    { target: "SeriesLines:names", sourceKind: "AnnotationContext", sourceComponent: "" },
  ] as const;
  rec.log("instruction", new blueprint.VisualizerInstruction("SeriesLines", { componentMap }));
}

export function entities(rec: rr.RecordingStream): void {
  rec.log("hidden", new blueprint.EntityBehavior({ interactive: false, visible: false }), { static: true });
  rec.log("shown", new blueprint.EntityBehavior({ visible: [true] }));
}

export function panels(rec: rr.RecordingStream): void {
  rec.log("panel", new blueprint.PanelBlueprint({ state: "Collapsed" }));
  const playback = { playState: "Following", playbackSpeed: 0.1 } as const;
  const time = { state: "Expanded", timeline: "frame", fps: 29.97, loopMode: "Selection" } as const;
  rec.log("time", new blueprint.TimePanelBlueprint({ ...time, ...playback, timeSelection: [10, 2n ** 60n] }));
  rec.log("previews", new blueprint.PreviewsConfig({ timeline: "frame", ...playback, startPoint: 0.1 }));
  rec.log("sound", new blueprint.AudioPlayback({ volume: 0.1 }));
}

export function formsOfUuids(rec: rr.RecordingStream): void {
  for (const [index, id] of [ID, ID.toUpperCase(), ID_BYTES, Buffer.from(ID_BYTES)].entries()) {
    rec.log(`${index}`, new blueprint.ViewportBlueprint({ rootContainer: id }));
    rec.log(`${index}`, new blueprint.ActiveVisualizers([id]));
  }
}

export function formsOfTimeSelections(rec: rr.RecordingStream): void {
  const forms: readonly rr.types.TimeSpansLike[] = [
    [-5, 7],
    [-5n, 7n],
    { min: -5, max: 7n },
    [[-5, 7]],
    [{ min: -5n, max: 7 }],
  ];
  for (const [index, timeSelection] of forms.entries())
    rec.log(`${index}`, new blueprint.TimePanelBlueprint({ timeSelection }));
  rec.log("limits", new blueprint.TimePanelBlueprint({ timeSelection: [-(2n ** 63n), 2n ** 63n - 1n] }));
}

export function timeRanges(rec: rr.RecordingStream): void {
  const boundaries = [
    { cursorRelative: 0 },
    { cursorRelative: -5n },
    { cursorRelative: 2n ** 62n },
    { absolute: 0 },
    { absolute: -(2n ** 63n) },
    "infinite",
  ] as const;
  for (const start of boundaries) {
    for (const end of boundaries) {
      rec.log("view", new blueprint.VisibleTimeRanges({ timeline: "frame", range: { start, end } }));
      rec.log("axis", new blueprint.TimeAxis({ viewRange: { start, end } }));
    }
  }
  const [start, , , end] = boundaries;
  const ranges = ["frame", "größe"].map((timeline) => ({ timeline, range: { start, end } }));
  rec.log("two", new blueprint.VisibleTimeRanges(ranges));
}
