import { writeFile } from "node:fs/promises";
import type { BlueprintLike } from "@rerun-ts/core";
import { blueprint as rrb } from "@rerun-ts/node";
import * as forms from "../blueprints/forms.ts";
import * as layouts from "../blueprints/layouts.ts";
import * as overrides from "../blueprints/overrides.ts";
import * as tables from "../blueprints/tables.ts";
import * as views from "../blueprints/views.ts";
import { snakeCase } from "./case.ts";
import { outputFile } from "./output.ts";
import { runPython } from "./real-rerun.ts";

/** A blueprint that both SDKs make: the Python function has the same name in snake case, in the file of that theme. */
export interface BlueprintCase {
  readonly title: string;
  readonly theme: string;
  readonly name: string;
  readonly make: () => BlueprintLike;
}

/** The result of the comparer for a pair of files. */
export interface BlueprintComparison {
  readonly differences: readonly string[];
  /** The contents of our file, e.g. `3D/Background:color`. */
  readonly contents: readonly string[];
}

/** Two files to compare besides the files of the cases. */
export interface BlueprintPair {
  readonly ours: string;
  readonly theirs: string;
}

/** The results of all cases, and of the pairs. */
export interface BlueprintResults {
  readonly cases: ReadonlyMap<BlueprintCase, BlueprintComparison>;
  readonly pairs: readonly BlueprintComparison[];
  /** Python functions without a TypeScript counterpart. */
  readonly unpaired: readonly string[];
}

const THEMES: Readonly<Record<string, Readonly<Record<string, () => BlueprintLike>>>> = {
  forms,
  layouts,
  overrides,
  tables,
  views,
};

/** All cases. */
export const BLUEPRINT_CASES: readonly BlueprintCase[] = Object.entries(THEMES).flatMap(([theme, cases]) =>
  Object.entries(cases).map(([name, make]) => ({ title: titleOf(theme, name), theme, name, make })),
);

/** Writes a blueprint to a file of the tests. Returns its path. */
export async function writeBlueprint(name: string, blueprint: BlueprintLike): Promise<string> {
  const path = outputFile(`${name}.rbl`);
  const isWhole = blueprint instanceof rrb.Blueprint || blueprint instanceof rrb.table.TableBlueprint;
  const whole = isWhole ? blueprint : new rrb.Blueprint(blueprint as rrb.View);
  await writeFile(path, whole.toRbl("conformance"));
  return path;
}

/** Makes all blueprints with both SDKs, and compares them. */
export async function compareBlueprints(pairs: readonly BlueprintPair[]): Promise<BlueprintResults> {
  const cases: object[] = [];
  for (const { theme, name, make } of BLUEPRINT_CASES) {
    const stem = `blueprint.${theme}.${name}`;
    const ours = await writeBlueprint(`${stem}.ours`, make());
    cases.push({ theme, name: snakeCase(name), ours, theirs: outputFile(`${stem}.theirs.rbl`) });
  }
  const answer = await runPython<{
    readonly cases: readonly BlueprintComparison[];
    readonly pairs: readonly BlueprintComparison[];
    readonly unpaired: readonly string[];
  }>("compare_blueprints.py", { cases, pairs });
  return {
    ...answer,
    cases: new Map(BLUEPRINT_CASES.map((each, index) => [each, answer.cases[index] as BlueprintComparison])),
  };
}

function titleOf(theme: string, name: string): string {
  return `${theme}: ${snakeCase(name).replaceAll("_", " ")}`;
}
