import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Docs } from "./docs.mjs";

/** The facts of Rerun's types and what this SDK adds to them, as JSON files tell them. */
export function readDefinitions(folder) {
  const read = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  return toDefinitions({
    archetypes: read("archetypes"),
    components: read("components"),
    encodings: read("encodings"),
    typescript: read("typescript"),
    docs: {
      archetypes: read("docs/archetypes"),
      components: read("docs/components"),
      encodings: read("docs/encodings"),
    },
  });
}

/**
 * What the generator works with: doc comments in our own words, which fields are arguments of their own, and what
 * conveniences are written by hand.
 */
export function toDefinitions({ archetypes, components, encodings, typescript, docs }) {
  const enums = encodings.filter(({ enum: values }) => values !== undefined);
  return {
    archetypes: archetypes.filter(({ scope }) => scope === undefined),
    blueprint: archetypes.filter(({ scope }) => scope === "blueprint"),
    components: new Map(components.map((definition) => [definition.component, definition])),
    encodings,
    /** The enumerations that fields of structs refer to by name. */
    enums: new Map(enums.map(({ name, enum: values }) => [name, values])),
    typescript,
    docs: new Docs(docs.archetypes, docs.components, docs.encodings),
  };
}
