import { RERUN_VERSION } from "@rerun-ts/core";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { readFacts } from "../../tools/definitions/definition-files.ts";
import { packageFacts } from "../../tools/definitions/package-facts.ts";
import { protoDifferences } from "../../tools/definitions/protos.ts";
import { pythonDifferences, readPythonPackage } from "../../tools/definitions/python-package.ts";
import { reflectProgram } from "../../tools/definitions/reflect-program.ts";
import { earlierReleases } from "../../tools/upgrade/earlier-releases.ts";
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

it("Rerun's Python package alone changes the definitions of the release before to those of this one, but for what it names", async (context) => {
  needRerun(context);
  const rerun = inject("realRerun");
  const python = await readPythonPackage("python" in rerun ? rerun.python : "");
  expect(packageFacts(python, FACTS)).toEqual({ facts: FACTS, assumed: [] });

  const [before] = earlierReleases(root).slice(-1);
  if (before === undefined) throw new Error("definitions/earlier is empty");
  const { facts, assumed } = packageFacts(python, before.facts);
  const { components, encodings, views } = facts;
  expect({ components, encodings, views }).toEqual({
    components: FACTS.components,
    encodings: FACTS.encodings,
    views: FACTS.views,
  });
  // Whether new fields are required, and can be edited, is for a person.
  const known = new Set(
    before.facts.archetypes.flatMap(({ name, fields }) => fields.map((field) => name + field.name)),
  );
  const added = FACTS.archetypes.flatMap(({ name, fields }) =>
    fields.filter((field) => !known.has(name + field.name)).map((field) => `${name}.${field.name}`),
  );
  const named = assumed.flatMap((line) => /^(\w+\.\w+) is new: it is optional/.exec(line)?.[1] ?? []);
  expect(named.sort()).toEqual(added.sort());
  const fieldsOf = (all: typeof FACTS): unknown =>
    all.archetypes.map(({ archetype, fields }) => [
      archetype,
      fields.map(({ name, component }) => `${name}: ${component}`).sort(),
    ]);
  expect(fieldsOf(facts)).toEqual(fieldsOf(FACTS));
});

it("proto/ is what the program rerun says by gRPC reflection", async (context) => {
  needRerun(context);
  const rerun = inject("realRerun");
  const protos = await reflectProgram("rerun" in rerun ? rerun.rerun : "", RERUN_VERSION);
  expect(await protoDifferences(join(root, "proto"), protos)).toEqual([]);
});
