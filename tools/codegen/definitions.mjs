import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Docs } from "./docs.mjs";

/**
 * The facts of Rerun's types and what this SDK adds to them: doc comments in our own words, which fields are arguments
 * of their own, and what conveniences are written by hand.
 */
export function readDefinitions(folder) {
  const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const archetypes = read("archetypes.json");
  const components = read("components.json");
  const encodings = read("encodings.json");
  return {
    archetypes: archetypes.filter(({ scope }) => scope === undefined),
    blueprint: archetypes.filter(({ scope }) => scope === "blueprint"),
    components: new Map(components.map((definition) => [definition.component, definition])),
    encodings,
    /** The enumerations that fields of structs refer to by name. */
    enums: new Map(
      encodings.filter(({ enum: values }) => values !== undefined).map(({ name, enum: values }) => [name, values]),
    ),
    typescript: read("typescript.json"),
    docs: new Docs(read("docs/archetypes.json"), read("docs/components.json"), read("docs/encodings.json")),
  };
}
