import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EnumValues } from "../codegen/model.ts";
import { shortName } from "../codegen/names.ts";
import type { Crates } from "./crates.ts";
import type { ArchetypeEntry, FieldEntry, ViewEntry } from "./model.ts";

/** A component, without its Arrow type. */
export interface ReflectedComponent {
  readonly name: string;
  readonly encoding: string | undefined;
  readonly enum: EnumValues | undefined;
  readonly isUnstable: boolean;
  readonly isDeprecated: boolean;
  readonly hasOwnChunk: boolean;
}

/** A view, without the facts that only the Python package has. */
export type ReflectedView = Pick<ViewEntry, "classIdentifier" | "visualizes" | "propertyArchetypes">;

/** The facts of `re_sdk_types` about its own types at run time. */
export interface Reflection {
  readonly archetypes: readonly ArchetypeEntry[];
  readonly components: readonly ReflectedComponent[];
  readonly views: readonly ReflectedView[];
}

/** Reads the generated file `reflection/mod.rs`. Throws if it is written in a way that is not known. */
export function readReflection({ re_sdk_types: crate }: Crates): Reflection {
  const source = readFileSync(join(crate, "src/reflection/mod.rs"), "utf8");
  return {
    archetypes: entriesOf(
      source,
      /ArchetypeName::from\("([\w.]+)"\),\s*ArchetypeReflection \{/g,
      "ArchetypeReflection",
    ).map(readArchetype),
    components: entriesOf(
      source,
      /<(\w+) as Component>::name\(\),\s*Component(?:Type)?Reflection \{/g,
      "Component(?:Type)?Reflection",
    ).map(readComponent),
    views: entriesOf(source, /from_static_str\("(\w+)"\),\s*ViewReflection \{/g, "ViewReflection").map(readView),
  };
}

/** A name and the text from it to the next one. */
type Entry = readonly [name: string, text: string];

/** The entries of a list; as many as there are literals of the struct, or the file is written in a new way. */
function entriesOf(source: string, begin: RegExp, struct: string): Entry[] {
  const begins = [...source.matchAll(begin)];
  const literals = source.match(new RegExp(`\\b${struct} \\{$`, "gm"))?.length ?? 0;
  if (begins.length === 0 || begins.length !== literals) {
    throw new Error(`reflection/mod.rs: found ${begins.length} of ${literals} entries of ${struct}`);
  }
  return begins.map((match, index) => [match[1] ?? "", source.slice(match.index, begins[index + 1]?.index)]);
}

function readArchetype([archetype, text]: Entry): ArchetypeEntry {
  const [head = "", ...fields] = text.split("ArchetypeFieldReflection {");
  const scope = optional(head, "scope");
  return {
    name: shortName(archetype),
    archetype,
    displayName: property(head, "display_name"),
    ...(scope === undefined ? {} : { scope }),
    ...(isDeprecated(head) ? { deprecated: true as const } : {}),
    fields: fields.map(readField),
  };
}

function readField(text: string): FieldEntry {
  const flags = /^\s*flags: (.*),$/m.exec(text)?.[1];
  if (flags === undefined) throw new Error(`reflection/mod.rs: a field without flags: ${text.slice(0, 100)}`);
  return {
    name: property(text, "name"),
    component: property(text, "component_type"),
    ...(flags.includes("::REQUIRED") ? { required: true as const } : {}),
    ...(flags.includes("::UI_EDITABLE") ? { uiEditable: true as const } : {}),
  };
}

function readComponent([name, text]: Entry): ReflectedComponent {
  const variants = [...text.matchAll(/value: (\d+),\s*name: "(\w+)"/g)];
  return {
    name,
    encoding: optional(text, "encoding"),
    enum: /^\s*enum_variants: Some/m.test(text)
      ? Object.fromEntries(variants.map(([, value, variant]) => [variant, Number(value)]))
      : undefined,
    isUnstable: /^\s*docstring_md: .*This type is _unstable_/m.test(text),
    isDeprecated: isDeprecated(text),
    hasOwnChunk: /^\s*own_chunk: true,$/m.test(text),
  };
}

function readView([classIdentifier, text]: Entry): ReflectedView {
  const [shown = "", properties = ""] = text.split("property_archetypes:");
  const archetypesIn = (part: string): string[] =>
    [...part.matchAll(/ArchetypeName::from\(\s*"([\w.]+)"/g)].map(([, archetype]) => archetype ?? "");
  return {
    classIdentifier,
    visualizes: shown.includes("ViewApplicability::AllArchetypes") ? "any" : archetypesIn(shown),
    propertyArchetypes: archetypesIn(properties),
  };
}

function isDeprecated(text: string): boolean {
  return !/^\s*deprecation_summary: None,$/m.test(text);
}

/** The string of `key: "…"`. */
function property(text: string, key: string): string {
  const found = new RegExp(`^\\s*${key}: "([^"]*)"`, "m").exec(text)?.[1];
  if (found === undefined) throw new Error(`reflection/mod.rs: no ${key} in ${text.slice(0, 100)}`);
  return found;
}

/** The string of `key: Some("…")`. */
function optional(text: string, key: string): string | undefined {
  const match = new RegExp(`^\\s*${key}: (?:None|Some\\("([^"]*)"\\)),$`, "m").exec(text);
  if (match === null) throw new Error(`reflection/mod.rs: no ${key} in ${text.slice(0, 100)}`);
  return match[1];
}
