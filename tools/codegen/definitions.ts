import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Docs, type ArchetypeDocsFile, type OnGap, type TypeDocsFile, type ViewDocsFile } from "./docs.ts";
import { GapError, type Gap } from "./gaps.ts";
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

/** Reads the definitions of Rerun's types from `folder`, checked and arranged for lookup. */
export function readDefinitions(folder: string): Definitions {
  return toDefinitions(readSources(folder));
}

/** Reads the files of `definitions/`, and adds the overrides. */
export function readSources(folder: string): DefinitionSources {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  return {
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
  };
}

/**
 * Checks overrides and doc texts and arranges everything for lookup. Throws a {@link GapError} if one of them names
 * something that does not exist, as happens after an upgrade of Rerun that renamed or removed it.
 * @param onGap is called with each gap instead, and generation goes on
 */
export function toDefinitions(sources: DefinitionSources, onGap?: OnGap): Definitions {
  const { archetypes, components, encodings, views, overrides, docs } = sources;
  const gaps = [...overrideGaps(sources), ...surplusTexts(sources)];
  if (gaps.length > 0 && onGap === undefined) throw new GapError(gaps);
  for (const gap of gaps) onGap?.(gap);
  return {
    archetypes: archetypes.filter(({ scope }) => scope === undefined),
    blueprint: archetypes.filter(({ scope }) => scope === "blueprint"),
    components: new Map(components.map((definition) => [definition.component, definition])),
    encodings,
    views,
    enums: new Map(encodings.flatMap(({ name, enum: values }) => (values === undefined ? [] : [[name, values]]))),
    overrides,
    docs: new Docs(docs.archetypes, docs.components, docs.encodings, docs.views, onGap),
  };
}

/**
 * Overrides of types and fields that do not exist, and archetypes for which nobody has chosen the constructor
 * arguments.
 */
function* overrideGaps({ overrides, archetypes, encodings }: DefinitionSources): Iterable<Gap> {
  for (const [name, { positional = [], implied }] of Object.entries(overrides.archetypes)) {
    const archetype = archetypes.find((candidate) => candidate.name === name);
    if (archetype === undefined) yield override(`there is no archetype ${name}`);
    const fields = archetype?.fields.map((field) => camelCase(field.name)) ?? [];
    const named = [...positional, ...(implied === undefined ? [] : [implied.given, implied.implies])];
    const missing = archetype === undefined ? [] : named.filter((field) => !fields.includes(field));
    for (const field of missing) yield override(`${name} has no field ${field}`);
  }
  for (const [name, { shorthand, fallbacks = {} }] of Object.entries(overrides.structs)) {
    const arrow = encodings.find((candidate) => candidate.name === name)?.arrow;
    if (arrow?.type !== "Struct") {
      yield override(`there is no struct ${name}`);
      continue;
    }
    const fields = arrow.fields.map((field) => field.name);
    const named = [...(shorthand === undefined ? [] : [shorthand]), ...Object.keys(fallbacks)];
    for (const field of named) if (!fields.includes(field)) yield override(`${name} has no field ${field}`);
  }
  for (const { name } of archetypes) {
    if (overrides.archetypes[name] !== undefined || overrides.withoutArguments.includes(name)) continue;
    yield {
      ...override(`nothing is said about ${name}`),
      todo: "say which of its fields are constructor arguments, or list it in WITHOUT_ARGUMENTS",
    };
  }
  for (const name of overrides.withoutArguments) {
    if (archetypes.every((archetype) => archetype.name !== name)) yield override(`there is no archetype ${name}`);
  }
}

function override(problem: string): Gap {
  const todo = "rename or remove the override, as Rerun did";
  return { file: "tools/codegen/overrides.ts", problem: `overrides.ts: ${problem}`, todo };
}

/** Texts about types and fields that do not exist. Class identifiers name the views. */
function* surplusTexts({ docs, archetypes, components, encodings, views }: DefinitionSources): Iterable<Gap> {
  yield* surplusNames("archetypes", docs.archetypes, archetypes);
  yield* surplusNames("components", docs.components, components);
  yield* surplusNames("encodings", docs.encodings, encodings);
  for (const { name, fields } of archetypes) {
    const known = fields.map((field) => field.name);
    for (const field of Object.keys(docs.archetypes[name]?.fields ?? {})) {
      if (!known.includes(field)) yield surplus("archetypes", `${name} has no field ${field}`);
    }
  }
  for (const [identifier, { parameters }] of Object.entries(docs.views)) {
    const view = views.find(({ classIdentifier }) => classIdentifier === identifier);
    if (view === undefined) yield surplus("views", `there is no view ${identifier}`);
    for (const name of Object.keys(parameters)) {
      if (view?.parameters.includes(name) === false) yield surplus("views", `${identifier} has no parameter ${name}`);
    }
  }
}

function* surplusNames(file: string, docs: object, definitions: readonly { readonly name: string }[]): Iterable<Gap> {
  for (const name of Object.keys(docs)) {
    if (definitions.every((definition) => definition.name !== name)) yield surplus(file, `there is no ${name}`);
  }
}

function surplus(file: string, problem: string): Gap {
  const todo = "rename or delete the text, as Rerun did";
  return { file: `definitions/docs/${file}.json`, problem: `docs/${file}.json: ${problem}`, todo };
}
