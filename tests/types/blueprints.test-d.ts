// Layouts of users. The test is that this file compiles; a comment marks the lines that must not compile.
import * as rr from "@rerun-ts/node";
import * as rrb from "@rerun-ts/node/blueprint";

/** Everything in one. */
export async function everything(rec: rr.RecordingStream): Promise<void> {
  await rec.spawn({
    defaultBlueprint: new rrb.Blueprint(
      new rrb.Horizontal(
        [
          new rrb.Spatial3DView({
            origin: "/",
            contents: ["+ $origin/**", "- /camera/**"],
            background: "black",
            lineGrid: false,
            eyeControls: { kind: "Orbital", spinSpeed: 0.2 },
          }),
          new rrb.Vertical(
            [
              new rrb.TimeSeriesView({
                origin: ["heights", 1],
                axisY: { range: [-5, 5] },
                plotLegend: "RightTop",
                timeRanges: { timeline: "frame", start: rrb.cursorRelative(-100), end: rrb.cursorRelative(0) },
                overrides: { "heights/ruby": new rr.SeriesLines({ colors: "crimson", widths: 2 }) },
                name: undefined,
              }),
              new rrb.TextLogView({ name: "log", visible: null }),
            ],
            { rowShares: [2, 1] },
          ),
        ],
        { columnShares: new Float32Array([3, 2]), name: undefined },
      ),
      new rrb.TimePanel({ state: "Collapsed", timeline: "frame", playState: "Playing", loopMode: "All" }),
      { collapsePanels: true },
    ),
  });
  rec.sendBlueprint(new rr.blueprint.Tabs([new rr.blueprint.MapView({ zoom: 3 })], { activeTab: 0 }));
  const part: rrb.ContainerPart = new rrb.Grid([], { gridColumns: 3 });
  const bytes: Uint8Array<ArrayBuffer> = new rrb.Blueprint(part).toRbl("app");
  console.log(bytes, new rrb.Blueprint(), new rrb.Blueprint({ autoViews: true }));
}

/** Both SDKs of a program's own: a class of views, and a visualizer. */
export const own: rrb.View = new rrb.View({
  classIdentifier: "MyView",
  properties: { MyProperty: new rrb.Background({ kind: "SolidColor" }) },
  overrides: { "/a": [new rrb.Visualizer("SeriesLines"), new rrb.EntityBehavior({ visible: false })] },
});

/** Mistakes. */
export const mistakes: readonly unknown[] = [
  // @ts-expect-error an option of another view
  new rrb.TextLogView({ lineGrid: true }),
  // @ts-expect-error a misspelt field of a property
  new rrb.Spatial3DView({ eyeControls: { spinspeed: 1 } }),
  // @ts-expect-error no name of the enumeration
  new rrb.TimeSeriesView({ plotLegend: "Middle" }),
  // @ts-expect-error an option of another container
  new rrb.Horizontal([], { rowShares: [1] }),
  // @ts-expect-error views are an array
  new rrb.Horizontal(new rrb.TextLogView(), new rrb.TextLogView()),
  // @ts-expect-error options come last
  new rrb.Blueprint({ autoViews: true }, new rrb.TextLogView()),
  // @ts-expect-error an unknown option
  new rrb.Blueprint(new rrb.TextLogView(), { collapsed: true }),
  // @ts-expect-error needed
  new rrb.View({ origin: "/" }),
];
