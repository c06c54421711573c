import { visualizerTypeOf } from "../../packages/blueprint/src/layout/visualizer-types.ts";
import { HEADER } from "./code.ts";
import { GapError } from "./gaps.ts";
import type { Definitions } from "./model.ts";
import { camelCase, shortName } from "./names.ts";
import { propertiesOf } from "./view-files.ts";

/** The names that the code of a layout needs, for the package `reading`, which does not load the classes themselves. */
export function layoutNamesFile(definitions: Definitions): string {
  const views = definitions.views.map((view) => {
    const properties = propertiesOf(view).map(
      ({ parameter, archetype }) => `${archetype}: ${quote(camelCase(parameter))}`,
    );
    const own = properties.length === 0 ? "{}" : `{ ${properties.join(", ")} }`;
    return `  ${quote(view.classIdentifier)}: { class: ${quote(view.pythonClass)}, properties: ${own} },\n`;
  });
  const visualizers = definitions.archetypes
    .map(({ archetype }) => archetype)
    .filter((archetype) => visualizerTypeOf(archetype) === shortName(archetype))
    .map((archetype) => quote(shortName(archetype)));
  const fields = [...definitions.archetypes, ...definitions.blueprint].map(
    ({ archetype, fields: own }) => `  ${quote(archetype)}: [${own.map(({ name }) => quote(name)).join(", ")}],\n`,
  );
  return `${HEADER}
/** The classes of views by their identifier, and the options for their properties by the name of the archetype. */
export const VIEWS: Readonly<
  Record<string, { readonly class: string; readonly properties: Readonly<Record<string, string>> }>
> = {
${views.join("")}};

/** The names of the values of enumerations, by the full name of the type. */
export const ENUMS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
${enumsOf(definitions).join("")}};

/** The types of fields of structs that are enumerations, by the name of the field. */
export const ENUM_FIELDS: Readonly<Record<string, string>> = {
${enumFieldsOf(definitions).join("")}};

/** The names of the fields of archetypes, by the full name of the archetype. */
export const FIELDS: Readonly<Record<string, readonly string[]>> = {
${fields.join("")}};

/** Archetypes that have a visualizer of their own name. */
export const VISUALIZERS: readonly string[] = [
  ${visualizers.join(",\n  ")},
];
`;
}

function enumsOf({ components, encodings }: Definitions): readonly string[] {
  const all = [
    ...[...components.values()].map(({ component, enum: values }) => [component, values] as const),
    ...encodings.filter(isOfBlueprints).map(({ encoding, enum: values }) => [encoding, values] as const),
  ];
  return all.flatMap(([name, values]) => {
    if (values === undefined) return [];
    const names = Object.entries(values).map(([key, value]) => `${value}: ${quote(key)}`);
    return [`  ${quote(name)}: { ${names.join(", ")} },\n`];
  });
}

/** One field name of structs means one enumeration. */
function enumFieldsOf({ encodings, enums }: Definitions): readonly string[] {
  const found = new Map<string, string>();
  for (const { arrow } of encodings) {
    if (arrow?.type !== "Struct") continue;
    for (const { name, encoding } of arrow.fields) {
      if (encoding === undefined || !enums.has(shortName(encoding)) || !isOfBlueprints({ encoding })) continue;
      if ((found.get(name) ?? encoding) !== encoding)
        throw new GapError([
          {
            file: "tools/codegen/layout-names-file.ts",
            problem: `the field ${name} of structs has the types ${found.get(name)} and ${encoding}`,
            todo: "tell them apart in ENUM_FIELDS, and in packages/reading/src/blueprint-code/literals.ts",
          },
        ]);
      found.set(name, encoding);
    }
  }
  return [...found].map(([name, encoding]) => `  ${name}: ${quote(encoding)},\n`);
}

/** Whether blueprints have it: there alone are structs with enumerations. */
function isOfBlueprints({ encoding }: { readonly encoding: string }): boolean {
  return encoding.startsWith("rerun.blueprint.");
}

function quote(text: string): string {
  return JSON.stringify(text);
}
