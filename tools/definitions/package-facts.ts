import { isDeepStrictEqual } from "node:util";
import type { ArrowDefinition } from "../codegen/model.ts";
import { sortedFacts } from "./facts.ts";
import type { ArchetypeEntry, ComponentEntry, EncodingEntry, Facts, FieldEntry, ViewEntry } from "./model.ts";
import type { PythonArchetype, PythonPackage, PythonType } from "./python-package.ts";

/** Facts, and those of them that nobody has told. */
export interface PackageFacts {
  readonly facts: Facts;
  /** What was assumed of each new entry, one line each. A person compares them with Rerun's documentation. */
  readonly assumed: readonly string[];
}

/**
 * The facts of a release by its Python package alone. The package does not tell all of them: for example which fields
 * are required, or which archetypes a view shows. Entries of the release before keep these.
 */
export function packageFacts(python: PythonPackage, before: Facts): PackageFacts {
  const assumed: string[] = [];
  const facts = sortedFacts({
    archetypes: python.archetypes.map((archetype) => archetypeEntry(archetype, before, assumed)),
    components: python.components.map((component) => componentEntry(component, before, assumed)),
    encodings: python.encodings.map((encoding) => encodingEntry(encoding, before)),
    views: python.views.map((view) => viewEntry(view, before, assumed)),
  });
  return { facts, assumed };
}

function archetypeEntry(
  { name, archetype, fields }: PythonArchetype,
  before: Facts,
  assumed: string[],
): ArchetypeEntry {
  const known = before.archetypes.find((entry) => entry.archetype === archetype);
  const scope = archetype.startsWith("rerun.blueprint.") ? { scope: "blueprint" } : {};
  const own = { name, archetype, displayName: displayNameOf(name), ...scope, fields: [] };
  const { fields: old, ...kept }: ArchetypeEntry = known ?? own;
  if (known === undefined) assumed.push(`${name} is new: its display name is ${JSON.stringify(own.displayName)}`);
  const entries = fields.map((field): FieldEntry => {
    const same = old.find((entry) => entry.name === field.name);
    if (same !== undefined) return { ...same, component: field.component };
    assumed.push(`${name}.${field.name} is new: it is optional, and can be edited in the viewer`);
    return { ...field, uiEditable: true };
  });
  // The package lists required fields first.
  const position = ({ name: field }: FieldEntry): number => {
    const index = old.findIndex((entry) => entry.name === field);
    return index < 0 ? old.length : index;
  };
  return { ...kept, fields: entries.toSorted((a, b) => position(a) - position(b)) };
}

function componentEntry(type: PythonType, before: Facts, assumed: string[]): ComponentEntry {
  const { name, component = "", arrow, encoding, unstable, enum: values } = type;
  const known = before.components.find((entry) => entry.component === component);
  if (known === undefined) assumed.push(`${component} is new: it needs no chunk of its own`);
  return {
    name,
    component,
    arrow: withEncodings(arrow, known?.arrow),
    ...(typeof encoding === "string" ? { encoding } : {}),
    ...(unstable === true ? { unstable } : {}),
    ...(known?.deprecated === true ? { deprecated: true } : {}),
    ...(values === undefined ? {} : { enum: values }),
    ...(known?.ownChunk === true ? { ownChunk: true } : {}),
  };
}

function encodingEntry({ name, encoding, arrow, enum: values }: PythonType, before: Facts): EncodingEntry {
  const known = before.encodings.find((entry) => entry.encoding === encoding);
  return {
    name,
    encoding: encoding ?? "",
    arrow: withEncodings(arrow, known?.arrow),
    ...(values === undefined ? {} : { enum: values }),
  };
}

function viewEntry(view: PythonPackage["views"][number], before: Facts, assumed: string[]): ViewEntry {
  const known = before.views.find(({ classIdentifier }) => classIdentifier === view.classIdentifier);
  if (known === undefined) assumed.push(`the view ${view.classIdentifier} is new: it shows any archetype`);
  const { visualizes = "any", propertyArchetypes = [] } = known ?? {};
  return { ...view, visualizes, propertyArchetypes };
}

/** The package does not name the encodings of nested fields: those of the same type before are kept. */
function withEncodings(arrow: ArrowDefinition, before: ArrowDefinition | undefined): ArrowDefinition {
  const plain = JSON.stringify(before, (key, value: unknown) => (key === "encoding" ? undefined : value));
  return before !== undefined && isDeepStrictEqual(JSON.parse(plain), arrow) ? before : arrow;
}

/** `Arrows 2D` for `Arrows2D`. */
function displayNameOf(name: string): string {
  const words = name.replaceAll(/(?<=[a-z])(?=[A-Z\d])/g, " ").split(" ");
  return words.map((word, index) => (index === 0 || /^\d/.test(word) ? word : word.toLowerCase())).join(" ");
}
