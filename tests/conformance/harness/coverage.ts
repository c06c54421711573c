import { join } from "node:path";
import { RERUN_MINOR } from "@rerun-ts/test-support/node/rerun-minor";
import { root } from "@rerun-ts/test-support/node/environment";
import type { NamedCase } from "./cases.ts";
import { ARCHETYPES, type ArchetypeDefinition } from "@rerun-ts/test-support/node/definitions";

/** The number of instances of each component in a file of a case. */
export interface SeenFile {
  readonly named: NamedCase;
  readonly components: Readonly<Record<string, number>>;
}

/** The titles of the cases that log a value of a field, by its component, e.g. `Points3D:radii`. */
export type Coverage = ReadonlyMap<string, readonly string[]>;

/** The page that lists the coverage. */
export const coverageFile: string = join(root, "docs/internals/coverage.md");

/** The theme whose cases loop over all fields: they would hide that a field has no separate case. */
const UNCOUNTED_THEME = "everyArchetype";
const MAX_CASES = 3;

const INTRODUCTION = `# Conformance coverage

Every field of every archetype of Rerun ${RERUN_MINOR}, with the cases of \`npm run conformance\` that log a value of it with this
SDK and with Rerun's own and find the same: at most ${MAX_CASES} per field, in alphabetical order. The cases of \`every archetype\`
additionally log all fields, also as columns, and clear them. The programs are in \`tests/conformance/cases\`. This page
is written by \`npm run conformance -- --update\`.
`;

/** The cases that log a value of each field. */
export function coverageOf(files: readonly SeenFile[]): Coverage {
  const counted = files.filter(({ named }) => named.theme !== UNCOUNTED_THEME);
  return new Map(
    ARCHETYPES.flatMap(componentsOf).map((component) => {
      const titles = counted
        .filter(({ components }) => (components[component] ?? 0) > 0)
        .map(({ named }) => named.title);
      return [component, [...new Set(titles)].sort()];
    }),
  );
}

/** The fields that no case logs. */
export function uncoveredFields(coverage: Coverage): string[] {
  return [...coverage].filter(([, titles]) => titles.length === 0).map(([component]) => component);
}

/** The coverage as Markdown; archetypes are in the order of the definitions, which is alphabetical. */
export function coveragePage(coverage: Coverage): string {
  const isBlueprint = ({ archetype }: ArchetypeDefinition): boolean => archetype.includes(".blueprint.");
  const data = ARCHETYPES.filter((definition) => !isBlueprint(definition));
  const sections = Object.entries({ Data: data, Blueprints: ARCHETYPES.filter(isBlueprint) });
  return INTRODUCTION + sections.map(([title, archetypes]) => tableOf(title, archetypes, coverage)).join("");
}

function tableOf(title: string, archetypes: readonly ArchetypeDefinition[], coverage: Coverage): string {
  const rows = archetypes.flatMap((archetype) => rowsOf(archetype, coverage));
  return `\n## ${title}\n\n| archetype | fields | cases |\n|---|---|---|\n${rows.join("\n")}\n`;
}

/** One row for all fields that the same cases cover. */
function rowsOf(definition: ArchetypeDefinition, coverage: Coverage): string[] {
  const fieldsByCases = new Map<string, string[]>();
  for (const { name } of definition.fields) {
    const cases = (coverage.get(`${definition.name}:${name}`) ?? []).slice(0, MAX_CASES).join(" · ");
    fieldsByCases.set(cases, [...(fieldsByCases.get(cases) ?? []), name]);
  }
  return [...fieldsByCases].map(([cases, fields]) => `| ${definition.name} | ${fields.join(", ")} | ${cases} |`);
}

function componentsOf({ name, fields }: ArchetypeDefinition): string[] {
  return fields.map((field) => `${name}:${field.name}`);
}
