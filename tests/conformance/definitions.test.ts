import { RERUN_VERSION } from "@rerun-ts/core";
import { expect, inject, it } from "vitest";
import { readFacts } from "../../tools/definitions/definition-files.ts";
import { pythonDifferences, readPythonPackage } from "../../tools/definitions/python-package.ts";
import { root } from "@rerun-ts/test-support/node/environment";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";

const FACTS = readFacts(root);

it("definitions/*.json agree with the types, fields, Arrow layouts and enumerations of Rerun's Python package", async (context) => {
  needRerun(context);
  const rerun = inject("realRerun");
  const python = await readPythonPackage("python" in rerun ? rerun.python : "");
  expect(python.version).toBe(RERUN_VERSION);
  expect(pythonDifferences(FACTS, python)).toEqual([]);
  // The comparison itself must notice a missing archetype, and components of another type.
  const [archetype, ...archetypes] = python.archetypes;
  const components = python.components.map((component) => ({ ...component, arrow: { type: "Null" } as const }));
  expect(pythonDifferences(FACTS, { ...python, archetypes })).toEqual([
    `the Python package has no archetype ${archetype?.name}`,
  ]);
  expect(pythonDifferences(FACTS, { ...python, components })).toHaveLength(FACTS.components.length);
});
