import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Docs, type ArchetypeDocsFile, type TypeDocsFile, type ViewDocsFile } from "./docs.ts";
import type {
  ArchetypeDefinition,
  ComponentDefinition,
  Definitions,
  EncodingDefinition,
  Overrides,
  ViewDefinition,
} from "./model.ts";
import { camelCase } from "./names.ts";
import { OVERRIDES } from "./overrides.ts";

/** The files of `definitions/`, and the overrides. */
export interface DefinitionSources {
  readonly archetypes: readonly ArchetypeDefinition[];
  readonly components: readonly ComponentDefinition[];
  readonly encodings: readonly EncodingDefinition[];
  readonly views: readonly ViewDefinition[];
  readonly overrides: Overrides;
  readonly docs: {
    readonly archetypes: ArchetypeDocsFile;
    readonly components: TypeDocsFile;
    readonly encodings: TypeDocsFile;
    readonly views: ViewDocsFile;
  };
}

/** Reads the definitions of Rerun's types from `folder` and adds the overrides. */
export function readDefinitions(folder: string): Definitions {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  return toDefinitions({
    archetypes: read("archetypes") as DefinitionSources["archetypes"],
    components: read("components") as DefinitionSources["components"],
    encodings: read("encodings") as DefinitionSources["encodings"],
    views: read("views") as DefinitionSources["views"],
    overrides: OVERRIDES,
    docs: {
      archetypes: read("docs/archetypes") as ArchetypeDocsFile,
      components: read("docs/components") as TypeDocsFile,
      encodings: read("docs/encodings") as TypeDocsFile,
      views: read("docs/views") as ViewDocsFile,
    },
  });
}

/**
 * Checks overrides and doc texts and arranges everything for lookup. Throws if one of them is about something that does not
 * exist, as happens after an upgrade of Rerun that renamed or removed it.
 */
export function toDefinitions(sources: DefinitionSources): Definitions {
  const { archetypes, components, encodings, views, overrides, docs } = sources;
  checkOverrides(overrides, archetypes, encodings);
  checkDocs(docs, sources);
  return {
    archetypes: archetypes.filter(({ scope }) => scope === undefined),
    blueprint: archetypes.filter(({ scope }) => scope === "blueprint"),
    components: new Map(components.map((definition) => [definition.component, definition])),
    encodings,
    views,
    enums: new Map(encodings.flatMap(({ name, enum: values }) => (values === undefined ? [] : [[name, values]]))),
    overrides,
    docs: new Docs(docs.archetypes, docs.components, docs.encodings, docs.views),
  };
}

function checkOverrides(
  overrides: Overrides,
  archetypes: readonly ArchetypeDefinition[],
  encodings: readonly EncodingDefinition[],
): void {
  for (const [name, { positional = [], implied }] of Object.entries(overrides.archetypes)) {
    const archetype = archetypes.find((candidate) => candidate.name === name);
    if (archetype === undefined) throw new Error(`overrides.ts: there is no archetype ${name}`);
    const fields = archetype.fields.map((field) => camelCase(field.name));
    for (const field of [...positional, ...(implied === undefined ? [] : [implied.given, implied.implies])]) {
      if (!fields.includes(field)) throw new Error(`overrides.ts: ${name} has no field ${field}`);
    }
  }
  for (const [name, { shorthand, fallbacks = {} }] of Object.entries(overrides.structs)) {
    const arrow = encodings.find((candidate) => candidate.name === name)?.arrow;
    if (arrow?.type !== "Struct") throw new Error(`overrides.ts: there is no struct ${name}`);
    for (const field of [...(shorthand === undefined ? [] : [shorthand]), ...Object.keys(fallbacks)]) {
      if (!arrow.fields.some((candidate) => candidate.name === field))
        throw new Error(`overrides.ts: ${name} has no field ${field}`);
    }
  }
}

function checkDocs(
  docs: DefinitionSources["docs"],
  { archetypes, components, encodings, views }: Omit<DefinitionSources, "docs" | "overrides">,
): void {
  checkNames("archetypes", docs.archetypes, archetypes);
  checkNames("components", docs.components, components);
  checkNames("encodings", docs.encodings, encodings);
  checkViewDocs(docs.views, views);
  for (const { name, fields } of archetypes) {
    const known = fields.map((field) => field.name);
    const surplus = Object.keys(docs.archetypes[name]?.fields ?? {}).find((field) => !known.includes(field));
    if (surplus !== undefined) throw new Error(`docs/archetypes.json: ${name} has no field ${surplus}`);
  }
}

/** Texts about views are by class identifier, and about the parameters that not all views have. */
function checkViewDocs(docs: ViewDocsFile, views: readonly ViewDefinition[]): void {
  for (const [identifier, { parameters }] of Object.entries(docs)) {
    const view = views.find(({ classIdentifier }) => classIdentifier === identifier);
    if (view === undefined) throw new Error(`docs/views.json: there is no view ${identifier}`);
    const surplus = Object.keys(parameters).find((name) => !view.parameters.includes(name));
    if (surplus !== undefined) throw new Error(`docs/views.json: ${identifier} has no parameter ${surplus}`);
  }
}

function checkNames(file: string, docs: object, definitions: readonly { readonly name: string }[]): void {
  const surplus = Object.keys(docs).find((name) => definitions.every((definition) => definition.name !== name));
  if (surplus !== undefined) throw new Error(`docs/${file}.json: there is no ${surplus}`);
}
