import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The facts of Rerun's types and what this SDK adds to them: doc comments in our own words, which fields are arguments
 * of their own, which classes are written by hand, and which types there are so far.
 */
export function readDefinitions(folder) {
  const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const typescript = read("typescript.json");
  const docs = {
    archetypes: read("docs/archetypes.json"),
    components: read("docs/components.json"),
    encodings: read("docs/encodings.json"),
  };
  const archetypes = read("archetypes.json").filter(
    ({ name, scope }) => scope === undefined && typescript.archetypes.includes(name),
  );
  const allComponents = read("components.json");
  const used = new Set(archetypes.flatMap(({ fields }) => fields.map(({ component }) => component)));
  const components = allComponents.filter(({ component }) => used.has(component));
  const usedEncodings = new Set(components.flatMap(({ encoding, arrow }) => [encoding, ...nestedEncodings(arrow)]));
  const encodings = read("encodings.json").filter(({ encoding }) => usedEncodings.has(encoding));
  return { archetypes, components, encodings, typescript, docs };
}

function nestedEncodings(arrow) {
  const inner = [...(arrow.fields ?? []), ...(arrow.item === undefined ? [] : [arrow.item])];
  return inner.flatMap((field) => [field.encoding, ...nestedEncodings(field)]);
}

/** `Points3D` → `points3d`, `HalfSize3D` → `half-size3d`: names of files. */
export function fileName(name) {
  return name
    .replace(/([a-z0-9])([A-Z])(?=[a-z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();
}

/** `half_sizes` → `halfSizes`. */
export function camelCase(name) {
  return name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

/** `Boxes3D` → `BOXES3D`, `TextLog` → `TEXT_LOG`. */
export function constantName(name) {
  return fileName(name).replaceAll("-", "_").toUpperCase();
}
