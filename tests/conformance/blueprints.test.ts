import { ARCHETYPES } from "@rerun-ts/test-support/node/definitions";
import { isRerunThere, needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { blueprint as rrb } from "@rerun-ts/node";
import { beforeAll, describe, expect, test } from "vitest";
import views from "../../definitions/views.json" with { type: "json" };
import {
  BLUEPRINT_CASES,
  compareBlueprints,
  writeBlueprint,
  type BlueprintComparison,
  type BlueprintResults,
} from "./harness/blueprints.ts";
import { rerunRrd } from "./harness/real-rerun.ts";

/** The archetypes that every blueprint consists of, besides the properties of views. */
const STRUCTURE = [
  "ActiveVisualizers",
  "ContainerBlueprint",
  "EntityBehavior",
  "PanelBlueprint",
  "TimePanelBlueprint",
  "ViewBlueprint",
  "ViewContents",
  "ViewportBlueprint",
  "VisualizerInstruction",
  "CardLayout",
  "PreviewsConfig",
  "TableBlueprint",
  "TableColumn",
  "TableColumnPreview",
  "TableLayout",
];
/** Parts that only the viewer writes. */
const INTERNAL = ["ViewportBlueprint:maximized", "ViewportBlueprint:past_viewer_recommendations"];

/** Layouts that differ from `reference` in one thing, and the differences that must be found. */
const REFERENCE = (): rrb.Blueprint => layout("a", "b", { state: "Hidden" });
const DIFFERENT: Readonly<Record<string, readonly [rrb.Blueprint, RegExp]>> = {
  "a changed option": [layout("a", "b", { state: "Collapsed" }), /time_panel row 0: TimePanelBlueprint:state/],
  "a changed name": [layout("a", "c", { state: "Hidden" }), /root\.1 row 0: ViewBlueprint:display_name/],
  "a missing chunk": [layout("a", "b"), /time_panel: number of rows: ours 0, theirs 1/],
  "another order of children": [layout("b", "a", { state: "Hidden" }), /root\.0 row 0: ViewBlueprint:display_name/],
  "another nesting": [
    new rrb.Blueprint(
      new rrb.Horizontal([new rrb.Vertical([view("a")]), view("b")]),
      new rrb.TimePanel({ state: "Hidden" }),
    ),
    /container\/root\.0: number of rows/,
  ],
};

let results: BlueprintResults = { cases: new Map(), pairs: [], unpaired: [] };

beforeAll(async () => {
  if (!isRerunThere()) return;
  const theirs = await writeBlueprint("reference", REFERENCE());
  const same = { ours: await writeBlueprint("same", REFERENCE()), theirs };
  const different = Object.values(DIFFERENT).map(async ([blueprint], index) => {
    return { ours: await writeBlueprint(`different.${index}`, blueprint), theirs };
  });
  results = await compareBlueprints([same, ...(await Promise.all(different))]);
});

describe("a blueprint is the same from both SDKs", () => {
  test.for(BLUEPRINT_CASES.map((each) => [each.title, each] as const))("%s", ([, each], context) => {
    needRerun(context);
    expect(results.cases.get(each)?.differences).toEqual([]);
  });

  test("Rerun reads all of them", async (context) => {
    needRerun(context);
    const files = await Promise.all(
      BLUEPRINT_CASES.map(({ theme, name, make }) => writeBlueprint(`read.${theme}.${name}`, make())),
    );
    await rerunRrd("verify", ...files);
  });
});

describe("the comparison of blueprints", () => {
  test("ignores ids", (context) => {
    needRerun(context);
    expect(results.pairs[0]?.differences).toEqual([]);
  });

  test.for(Object.entries(DIFFERENT).map(([title, [, difference]], index) => [title, difference, index + 1] as const))(
    "finds %s",
    ([, difference, index], context) => {
      needRerun(context);
      const { differences } = results.pairs[index] as BlueprintComparison;
      expect(differences.join("\n")).toMatch(difference);
    },
  );
});

describe("the cases of blueprints", () => {
  test("have a TypeScript function for every Python function", (context) => {
    needRerun(context);
    expect(results.unpaired).toEqual([]);
  });

  test("have every property of every view", (context) => {
    needRerun(context);
    const expected = views.flatMap(({ classIdentifier, propertyArchetypes }) =>
      propertyArchetypes.map((archetype) => `${classIdentifier}/${shortName(archetype)}`),
    );
    const found = new Set(contents().map((each) => each.split(":")[0] as string));
    expect(expected.filter((property) => !found.has(property))).toEqual([]);
  });

  test("have every field of every archetype of blueprints", (context) => {
    needRerun(context);
    const found = new Set(contents().map((each) => each.slice(each.indexOf("/") + 1)));
    const used = new Set([...STRUCTURE, ...views.flatMap((each) => each.propertyArchetypes.map(shortName))]);
    const expected = ARCHETYPES.filter(({ name }) => used.has(name))
      .flatMap(({ name, fields }) => fields.map((field) => `${name}:${field.name}`))
      .filter((component) => !INTERNAL.includes(component));
    expect(expected.filter((component) => !found.has(component))).toEqual([]);
  });
});

function contents(): readonly string[] {
  return [...results.cases.values()].flatMap((comparison) => comparison.contents);
}

function view(name: string): rrb.View {
  return new rrb.TextLogView({ name });
}

function layout(first: string, second: string, timePanel?: rrb.TimePanelOptions): rrb.Blueprint {
  const panels = timePanel === undefined ? [] : [new rrb.TimePanel(timePanel)];
  return new rrb.Blueprint(new rrb.Horizontal([view(first), view(second)]), ...panels);
}

function shortName(archetype: string): string {
  return archetype.slice(archetype.lastIndexOf(".") + 1);
}
