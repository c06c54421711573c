// Layouts as code: the tests compile and run the output of `blueprintToCode`, which must make the same blueprint again.
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { blueprintToCode } from "@rerun-ts/reading";
import type { BlueprintLike } from "@rerun-ts/core";
import { blueprint as rrb } from "@rerun-ts/node";
import { root } from "@rerun-ts/test-support/node/environment";
import { runBin } from "@rerun-ts/test-support/node/run-bin";
import { isRerunThere, needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { beforeAll, describe, expect, test } from "vitest";
import { FOLDER, readIndex } from "../golden/goldens.ts";
import { BLUEPRINT_CASES, writeBlueprint, type BlueprintComparison, type BlueprintPair } from "./harness/blueprints.ts";
import { outputFile } from "./harness/output.ts";
import { runPython } from "./harness/real-rerun.ts";

type WholeBlueprint = rrb.Blueprint | rrb.table.TableBlueprint;

/** A layout in a file. */
interface StoredLayout {
  readonly title: string;
  readonly path: () => Promise<string>;
}

/** The layouts that programs of the Python SDK have written, in recordings or alone. */
const GOLDENS: readonly StoredLayout[] = readIndex()
  .filter(({ data }) => data.filter(({ kind }) => kind === "blueprint").length === 1)
  .map(({ name, file }) => ({ title: `golden: ${name}`, path: () => copyOf(file) }));
const LAYOUTS: readonly StoredLayout[] = [
  ...BLUEPRINT_CASES.map(({ title, theme, name, make }) => ({
    title,
    path: () => writeBlueprint(`code.${theme}.${name}`, make()),
  })),
  ...GOLDENS,
];
/** A layout with an archetype that is not Rerun's. */
const OF_USERS = "views: own class";
/** The activation of a layout, which is sent with it. */
const ACTIVATION = /^messages: /;
/** The active tab that Python writes for containers without tabs, too. */
const ACTIVE_TAB = /ContainerBlueprint:active_tab is there: ours False, theirs True$/;

const differences = new Map<string, readonly string[]>();
const codes = new Map<string, string>();
const modules: string[] = [];

beforeAll(async () => {
  const pairs: (BlueprintPair & { readonly title: string })[] = [];
  for (const [index, { title, path }] of LAYOUTS.entries()) {
    const theirs = await path();
    const code = await blueprintToCode(theirs).catch(
      (error: unknown) => `throw new Error(${JSON.stringify(String(error))});\n`,
    );
    codes.set(title, code);
    const module = outputFile(`code.${index}.ts`);
    modules.push(module);
    await writeFile(module, `// ${title}\n${code}`);
    try {
      const { blueprint } = (await import(module)) as { readonly blueprint: WholeBlueprint };
      const ours = outputFile(`code.${index}.rbl`);
      await writeFile(ours, blueprint.toRbl("conformance"));
      pairs.push({ title, ours, theirs });
    } catch (error) {
      differences.set(title, [String(error)]);
    }
  }
  if (!isRerunThere()) return;
  const answer = await runPython<{ readonly pairs: readonly BlueprintComparison[] }>("compare_blueprints.py", {
    cases: [],
    pairs,
  });
  for (const [index, { title }] of pairs.entries()) differences.set(title, answer.pairs[index]?.differences ?? []);
});

/** A copy of a golden: the comparison writes files beside it. */
async function copyOf(file: string): Promise<string> {
  const path = outputFile(`code.${file}`);
  await copyFile(join(FOLDER, file), path);
  return path;
}

describe("the code of a layout", () => {
  test.for(LAYOUTS.map(({ title }) => title).filter((title) => title !== OF_USERS))(
    "makes it again: %s",
    (title, context) => {
      needRerun(context);
      const code = codes.get(title) ?? "";
      const unseen = [ACTIVATION, ...(code.includes("rrb.Tabs") ? [] : [ACTIVE_TAB])];
      expect(differences.get(title)?.filter((one) => !unseen.some((expression) => expression.test(one)))).toEqual([]);
      expect(code).not.toMatch(/^\/\/ Not/m);
    },
  );

  test("names what only programs of users know", (context) => {
    needRerun(context);
    expect(codes.get(OF_USERS)).toMatch(/^\/\/ Not in this code: \/view\/\S+\/MyProperty \S+$/m);
    expect(differences.get(OF_USERS)).toEqual([
      expect.stringContaining("MyProperty: number of rows: ours 0, theirs 1"),
    ]);
  });

  test("compiles", async () => {
    const config = outputFile("code.tsconfig.json");
    const base = join(root, "tests/types/tsconfig.node.json");
    await writeFile(config, JSON.stringify({ extends: base, files: modules }));
    const { code, output } = await runBin("typescript", "tsc", ["-p", config], { capture: true });
    expect(output).toBe("");
    expect(code).toBe(0);
  });
});

test("the code of a layout is what a person would write", async () => {
  const layout: BlueprintLike = new rrb.Blueprint(
    new rrb.Horizontal(
      [
        new rrb.Spatial3DView({ origin: "/world", name: "scene", background: "#102030" }),
        new rrb.Vertical([new rrb.TimeSeriesView({ contents: ["/a/**", "/b"] }), new rrb.TextLogView()]),
      ],
      { columnShares: [3, 1] },
    ),
    new rrb.TimePanel({ state: "Collapsed", timeline: "frame", fps: 29.97 }),
    { collapsePanels: true },
  );
  expect(await blueprintToCode(layout, { packageName: "@rerun-ts/web", name: "layout" }))
    .toBe(`import * as rrb from "@rerun-ts/web/blueprint";

export const layout = new rrb.Blueprint(
  new rrb.Horizontal(
    [
      new rrb.Spatial3DView({
        origin: "/world",
        name: "scene",
        background: { color: "#102030", kind: "SolidColor" },
      }),
      new rrb.Vertical([
        new rrb.TimeSeriesView({ contents: ["/a/**", "/b"] }),
        new rrb.TextLogView(),
      ]),
    ],
    { columnShares: [3, 1] },
  ),
  new rrb.TimePanel({ state: "Collapsed", timeline: "frame", fps: 29.97 }),
  { collapsePanels: true },
);
`);
});

test("a file without a blueprint has no code, and says so", async () => {
  const bytes = await readFile(
    join(FOLDER, readIndex().find(({ data }) => data.every(({ kind }) => kind === "recording"))?.file ?? ""),
  );
  await expect(blueprintToCode(bytes)).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: "the source has no blueprint",
  });
});
