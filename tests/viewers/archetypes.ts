import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { runExample } from "@rerun-ts/test-support/examples/run-example";
import { root } from "@rerun-ts/test-support/node/environment";
import type { ViewerReport } from "@rerun-ts/test-support/viewers/viewer-report";
import { expectColors, showsColors, type LeastShares } from "./colors.ts";
import { expectContents, type Contents } from "./contents.ts";

/** The bars are red and green, the state and the colours of depth are too. */
const COLORS: LeastShares = { red: 0.0015, green: 0.0015 };
/** The time at which every archetype has data. */
export const IMAGE = { timeline: "time", sequence: 0, shows: showsColors(COLORS) } as const;

const VIEW_CLASSES = "2D 3D Audio BarChart Graph Map StateTimeline Tensor TextDocument TextLog TimeSeries".split(" ");

/** Runs the example that logs an entity of each archetype of data. */
export async function writeArchetypes(file: string): Promise<void> {
  const { code, output } = await runExample("archetypes", [file, "--exit"], { capture: true });
  expect(code, output).toBe(0);
}

/** Fails unless a viewer shows every entity and every component of a file, and reports no problem. */
export async function expectArchetypes(report: ViewerReport, file: string): Promise<void> {
  expect(await archetypesWithout(await expectContents(report, file))).toEqual([]);
  const { views, images } = report;
  expect([...new Set(views.map(({ view_class }) => view_class))].sort()).toEqual(VIEW_CLASSES);
  expectColors(images[0], COLORS);
}

/** The archetypes of data without a component on any entity. */
async function archetypesWithout(entities: Contents): Promise<string[]> {
  const definitions = JSON.parse(await readFile(join(root, "definitions/archetypes.json"), "utf8")) as {
    readonly name: string;
    readonly scope?: string;
  }[];
  const logged = new Set(Object.values(entities).flatMap((components) => components.map((name) => name.split(":")[0])));
  return definitions.filter(({ name, scope }) => scope === undefined && !logged.has(name)).map(({ name }) => name);
}
