import * as rrb from "@rerun-ts/blueprint";
import { EntityPath, MemorySink, RecordingStream, type BlueprintLike, type RerunError } from "@rerun-ts/core";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { SeriesLines, Transform3D } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";

/** Sends a blueprint to a recording in memory. Returns the warnings. */
function send(blueprint: BlueprintLike): string[] {
  const warnings: RerunError[] = [];
  const recording = new RecordingStream("problems", { onWarning: (warning) => warnings.push(warning) });
  recording.memoryRecording();
  recording.sendBlueprint(blueprint);
  return warnings.map(({ message }) => message);
}

const log = new rrb.TextLogView({ name: "log" });
const plot = (overrides: rrb.ViewOverrides): rrb.View => new rrb.TimeSeriesView({ name: "plot", overrides });

/** Layouts that cannot be sent, with the message; what does not compile is cast. */
const WRONG: Readonly<Record<string, readonly [BlueprintLike, string]>> = {
  "a list of shares of another length": [
    new rrb.Horizontal([log, new rrb.TextLogView()], { columnShares: [1, 2, 3], name: "top" }),
    '`Horizontal "top": columnShares` must be a list of 2, one share for each part, got a list of 3; nothing was sent',
  ],
  "parts that are not in an array": [
    new rrb.Horizontal(log as never, new rrb.TextLogView() as never),
    "`Horizontal: contents` must be an array of views and containers (several parts? pass an array: `new Horizontal([a, b])`), got TextLogView; nothing was sent",
  ],
  "the class of all containers": [
    new (rrb.Container as unknown as new () => rrb.Container)(),
    "`Container` must be one of Tabs, Horizontal, Vertical, Grid, got the class itself; nothing was sent",
  ],
  "an active tab that does not exist": [
    new rrb.Tabs([log], { activeTab: "lgo" }),
    '`Tabs: activeTab` must be an index from 0 to 0, or the name of a view: "log", got "lgo"; nothing was sent',
  ],
  "a malformed expression": [
    new rrb.Spatial3DView({ contents: ["$origin/**", "- /cameras/*/image"] }),
    '`3D view: contents[1]` must be an expression such as "+ /world/**", "- $origin/camera" or "$origin/**", with stars only in a final "/**" ("\\*" is a star in a name), got "- /cameras/*/image"; nothing was sent',
  ],
  "parts in an array": [
    new rrb.Blueprint([log, log] as never),
    "`parts[0]` must be a view, a container or a panel (several? pass them one by one: `new Blueprint(a, b)`), got an array of length 2 starting with TextLogView; nothing was sent",
  ],
  "an unknown option of a view": [
    new rrb.TextDocumentView({ origin: "/notes", formatOption: {} } as object),
    '`TextDocument view at "/notes"` must be without options other than origin, contents, name, visible, titlebar, defaults, overrides, formatOptions, got `formatOption` (did you mean `formatOptions`?); nothing was sent',
  ],
  "an unknown field of a property": [
    new rrb.Spatial3DView({ eyeControls: { spinspeed: 1 } as object }),
    "`3D view: eyeControls` has the unknown field `spinspeed` (did you mean `spinSpeed`?); fields: kind, position, lookTarget, eyeUp, speed, trackingEntity, spinSpeed; nothing was sent",
  ],
  "an invalid value in a property": [
    new rrb.Spatial3DView({ eyeControls: { kind: "Flying" as "Orbital" } }),
    '`3D view: eyeControls.kind` must be one of "FirstPerson", "Orbital", or its number, got "Flying"; nothing was sent',
  ],
  "the archetype of another property": [
    new rrb.Spatial3DView({ background: new rrb.PlotBackground({}) }),
    "`3D view: background` must be Background, or its fields, got PlotBackground; nothing was sent",
  ],
  "the update of another archetype": [
    new rrb.Spatial3DView({ background: rrb.PlotBackground.fromFields({ color: "red" }) }),
    "`3D view: background` must be Background, or its fields, got PlotBackground; nothing was sent",
  ],
  "an override by the update of an archetype without a visualizer": [
    plot({ "/a": Transform3D.fromFields({ translation: [1, 2, 3] }) }),
    '`TimeSeries view "plot": overrides["/a"]` must be a visualizer, an archetype that has one, EntityBehavior or VisibleTimeRanges, got Transform3D; nothing was sent',
  ],
  "a misspelt option of a view": [
    new rrb.Spatial3DView({ orign: "/world" } as object),
    "`3D view` must be without options other than origin, contents, name, visible, titlebar, defaults, overrides, background, lineGrid, spatialInformation, eyeControls, timeRanges, got `orign` (did you mean `origin`?); nothing was sent",
  ],
  "half of the bounds of a view": [
    new rrb.Spatial2DView({ visualBounds: new rrb.VisualBounds2D({ xRange: [0, 1] } as never) }),
    "`2D view: visualBounds.range.yRange` is missing: pass a value; nothing was sent",
  ],
  "a time without a unit": [
    new rrb.Spatial3DView({
      timeRanges: { timeline: "time", start: rrb.cursorRelative(-0.5), end: rrb.cursorRelative() },
    }),
    "`3D view: timeRanges.ranges.range.start` must be an integer (a sequence number or nanoseconds), a Date, or one of { seconds }, { millis }, { micros } and { nanos }, got -0.5; nothing was sent",
  ],
  "a column without a component": [
    new rrb.DataframeView({ query: { filterIsNotNull: "/points" } }),
    '`Dataframe view: query.filterIsNotNull.column` must be /entity/path:Component, { entityPath, component }, or a list of them, got "/points"; nothing was sent',
  ],
  "an override with a path that is not absolute": [
    plot({ "$origin/a": new SeriesLines() }),
    '`TimeSeries view "plot": overrides` must be keyed by absolute paths of single entities, such as /world/points (write "\\*" for a star in a name), got "$origin/a"; nothing was sent',
  ],
  "an override of an archetype without a visualizer": [
    plot({ "/a": [new SeriesLines(), new Transform3D({ translation: [1, 2, 3] })] }),
    '`TimeSeries view "plot": overrides["/a"][1]` must be a visualizer, an archetype that has one, EntityBehavior or VisibleTimeRanges, got Transform3D; nothing was sent',
  ],
  "an invalid value in an override": [
    plot({ "/a": new SeriesLines({ colors: "nocolor" }) }),
    '`TimeSeries view "plot": overrides["/a"]: SeriesLines.colors` must be a CSS colour such as "red", "#ff0000", "rgb(255 0 0 / 50%)" or "hsl(0, 100%, 50%)", got "nocolor"; nothing was sent',
  ],
  "an archetype in place of overrides by path": [
    plot(new SeriesLines() as never),
    '`TimeSeries view "plot": overrides` must be an object with the paths of entities as its keys, got SeriesLines; nothing was sent',
  ],
  "a map of overrides": [
    plot(new Map([["/a", new SeriesLines()]]) as never),
    '`TimeSeries view "plot": overrides` must be an object with the paths of entities as its keys, got Map; nothing was sent',
  ],
  "a list of overrides": [
    plot([new SeriesLines()] as never),
    '`TimeSeries view "plot": overrides` must be an object with the paths of entities as its keys, got an array of length 1 starting with SeriesLines; nothing was sent',
  ],
  "overrides that are null": [
    plot(null as never),
    '`TimeSeries view "plot": overrides` must be an object with the paths of entities as its keys, got null; nothing was sent',
  ],
  "properties that are null": [
    new rrb.View({ classIdentifier: "custom", properties: null as never }),
    "`custom view: properties` must be an object with the names of archetypes as its keys, got null; nothing was sent",
  ],
  "contents that are null": [
    new rrb.Spatial3DView({ contents: null as never }),
    '`3D view: contents` must be an expression such as "+ /world/**", "- $origin/camera" or "$origin/**", a list of them, or ViewContents, got null; nothing was sent',
  ],
  "one share for several parts": [
    new rrb.Horizontal([log, new rrb.TextLogView()], { columnShares: 2 as never }),
    "`Horizontal: columnShares` must be a list of 2, one share for each part, got 2; nothing was sent",
  ],
  "an invalid default": [
    new rrb.Spatial2DView({ defaults: [5] as never }),
    "`2D view: defaults[0]` must be an archetype, got 5; nothing was sent",
  ],
  "a view without a class": [
    new rrb.View({} as rrb.CustomViewOptions),
    "`View: classIdentifier` must be a non-empty string, got undefined; nothing was sent",
  ],
  "one view in two places": [
    new rrb.Grid([log, log]),
    '`TextLog view "log"` must be in one place of a layout, got a second one; nothing was sent',
  ],
  "two panels of a kind": [
    new rrb.Blueprint(new rrb.TimePanel({ state: "Hidden" }), log, new rrb.TimePanel()),
    "`TimePanel` is in the blueprint twice: pass it once; nothing was sent",
  ],
  "a column that is given twice": [
    new rrb.table.TableBlueprint({ tableLayout: { columns: [{ source: "a" }, { source: "a", name: "b" }] } }),
    '`table blueprint: tableLayout.columns[1].source` must be in one column only, got "a"; nothing was sent',
  ],
  "cards that are shown first and do not exist": [
    new rrb.table.TableBlueprint({ defaultLayout: "Cards" }),
    '`table blueprint: defaultLayout` must be Table without `cardLayout`, got "Cards"; nothing was sent',
  ],
  "a part that is none": [
    new rrb.Blueprint(log, "Horizontal" as never, { autoViews: true }),
    '`parts[1]` must be a view, a container or a panel, got "Horizontal"; nothing was sent',
  ],
};

describe("a blueprint is reported and not sent because of", () => {
  it.for(Object.entries(WRONG))("%s", ([, [blueprint, message]]) => {
    expect(send(blueprint)).toEqual([message]);
  });
});

describe("an invalid blueprint", () => {
  const invalid = new rrb.Blueprint(new rrb.TopPanel({ state: "Open" as "Hidden" }));
  const problem = '`TopPanel: state` must be one of "Hidden", "Collapsed", "Expanded", or its number, got "Open"';

  it("is thrown in strict mode", () => {
    const recording = new RecordingStream("problems", { strict: true });
    expect(() => recording.sendBlueprint(invalid)).toThrow(expect.objectContaining({ code: "INVALID_DATA" }));
  });

  it("does not keep a sink from being set", async () => {
    const warnings: string[] = [];
    const recording = new RecordingStream("problems", { onWarning: ({ message }) => warnings.push(message) });
    const kinds: string[] = [];
    await recording.setSink(new MemorySink(), { defaultBlueprint: invalid });
    kinds.push(...recording.stats().sinks.map(({ kind }) => kind));
    expect({ warnings, kinds }).toEqual({ warnings: [`${problem}; it was not sent`], kinds: ["memory"] });
  });

  it("is a TypeError or RangeError of `toRbl`", () => {
    expect(() => invalid.toRbl("app")).toThrow(expect.objectContaining({ name: "RangeError", message: problem }));
    expect(() => invalid.toRbl("")).toThrow(
      expect.objectContaining({ name: "TypeError", message: '`applicationId` must be a non-empty string, got ""' }),
    );
  });
});

it("a view shows entities whose names have any character, as `log` accepts them", () => {
  const names = " !\"#$%&'()+,:;<=>?@[]^`{|}~".split("").map((character) => `cam${character}0`);
  const contents = names.map((name) => `+ /world/${name}/**`);
  const overrides = Object.fromEntries(names.map((name) => [`/world/${name}`, new SeriesLines()]));
  const memory = new MemorySink();
  const recording = new RecordingStream("problems", { strict: true });
  void recording.setSink(memory);
  recording.sendBlueprint(new rrb.Blueprint(new rrb.TimeSeriesView({ contents, overrides })));
  const expressions = readChunks(memory.drainAsBytes()).flatMap(({ components }) =>
    (components["ViewContents:query"] ?? []).flat(),
  );
  expect(expressions).toEqual(names.map((name) => `+ ${EntityPath.of("world", name).toString()}/**`));
});

it("an entity with a star or a dollar sign in its name can be shown and overridden", () => {
  expect(
    send(
      new rrb.Blueprint(
        new rrb.TimeSeriesView({
          contents: ["/a/\\*", "$origin/\\*/**"],
          overrides: { "/a/\\*": new SeriesLines(), "/a/$origin": new SeriesLines() },
        }),
      ),
    ),
  ).toEqual([]);
});

it("the filters of a table reject values of other types", () => {
  const { col, TableBlueprint } = rrb.table;
  expect(() => col("" as never)).toThrow('`name` must be a non-empty string, got ""');
  expect(() => col("a").ge("3" as never)).toThrow(
    "`value` must be a number; other columns have `isTrue`, `before` and",
  );
  expect(() => col("a").list.contains("")).toThrow('`text` must be a non-empty string, got ""');
  expect(() => col("a").before(1 as never)).toThrow("`time` must be a valid Date, got 1");
  expect(() => col("a").between(new Date(), new Date(NaN))).toThrow("`end` must be a valid Date");
  const [warning] = send(new TableBlueprint({ filters: [col("a").isTrue(), 5 as never] }));
  expect(warning).toContain("`table blueprint: filters` must be");
  expect(String(col("a").isTrue())).toBe('"a" = true');
});
