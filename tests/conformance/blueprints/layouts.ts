import { blueprint as rrb } from "@rerun-ts/node";

const a = (): rrb.View => new rrb.TextLogView({ name: "a" });
const b = (): rrb.View => new rrb.Spatial3DView({ name: "b" });

export const oneView = (): rrb.View => a();

export const severalViews = (): rrb.Blueprint => new rrb.Blueprint(a(), b(), a());

export const nothing = (): rrb.Blueprint => new rrb.Blueprint();

export const nothingAutomatic = (): rrb.Blueprint => new rrb.Blueprint({ autoLayout: false, autoViews: false });

export const automatic = (): rrb.Blueprint => new rrb.Blueprint(a(), { autoLayout: true, autoViews: true });

export const tabs = (): rrb.Tabs => new rrb.Tabs([a(), b()], { activeTab: 1, name: "Größe", visible: true });

export const activeTabByName = (): rrb.Tabs => new rrb.Tabs([a(), b()], { activeTab: "b" });

export const activeContainer = (): rrb.Tabs =>
  new rrb.Tabs([a(), new rrb.Vertical([b(), a()])], { activeTab: 1, name: "tabs" });

export const horizontal = (): rrb.Horizontal =>
  new rrb.Horizontal([a(), b()], { columnShares: [3, 0.1], name: "row", visible: false });

export const vertical = (): rrb.Vertical =>
  new rrb.Vertical([a(), b()], { rowShares: new Float32Array([1, 2]), name: "column", visible: true });

export const grid = (): rrb.Grid =>
  new rrb.Grid([a(), b(), a(), b(), a()], {
    gridColumns: 3,
    columnShares: [1, 2, 3],
    rowShares: [2, 1],
    name: "grid",
    visible: true,
  });

export const emptyContainer = (): rrb.Vertical => new rrb.Vertical([]);

export const nested = (): rrb.Blueprint =>
  new rrb.Blueprint(
    new rrb.Horizontal([a(), new rrb.Vertical([b(), new rrb.Tabs([a(), b()]), new rrb.Grid([a()])]), b()], {
      columnShares: [1, 2, 1],
    }),
  );

export const severalContainers = (): rrb.Blueprint =>
  new rrb.Blueprint(new rrb.Vertical([a(), b()]), b(), new rrb.Horizontal([a()]));

export const collapsedPanels = (): rrb.Blueprint => new rrb.Blueprint({ collapsePanels: true });

export const collapsedOtherPanels = (): rrb.Blueprint =>
  new rrb.Blueprint(a(), new rrb.TopPanel({ state: "Hidden" }), new rrb.SelectionPanel({ state: 3 }), {
    collapsePanels: true,
  });

export const panels = (): rrb.Blueprint =>
  new rrb.Blueprint(
    new rrb.TopPanel({ state: "Expanded" }),
    new rrb.BlueprintPanel({ state: "hidden" as "Hidden" }),
    new rrb.SelectionPanel({ state: "Collapsed" }),
    new rrb.TimePanel({ state: "Hidden" }),
    b(),
  );

export const panelsWithoutState = (): rrb.Blueprint =>
  new rrb.Blueprint(new rrb.TopPanel(), new rrb.BlueprintPanel(), new rrb.SelectionPanel(), new rrb.TimePanel(), a());

export const timePanel = (): rrb.Blueprint =>
  new rrb.Blueprint(
    new rrb.TimePanel({
      state: "Collapsed",
      timeline: "größe",
      playbackSpeed: 0.1,
      fps: 29.97,
      playState: "Playing",
      loopMode: "Selection",
      timeSelection: [-5, 2n ** 60n],
    }),
  );

export const playState = (): rrb.Blueprint => new rrb.Blueprint(new rrb.TimePanel({ playState: "Following" }), a());

export const enumsByNumber = (): rrb.Blueprint =>
  new rrb.Blueprint(
    new rrb.TimePanel({ loopMode: 3, playState: 1, timeSelection: { min: 1, max: 2 } }),
    new rrb.BlueprintPanel({ state: 1 }),
  );
