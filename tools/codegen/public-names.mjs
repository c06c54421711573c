import { typeNames } from "./archetype-files.mjs";

const BEGIN = "// generated: types";
const END = "// end of generated";

/** The exports of all archetypes and their types, for the index of the package `types`. */
export function archetypeNames({ archetypes, typescript }) {
  const from = "./gen/archetypes/index.ts";
  const types = archetypes.flatMap((archetype) => typeNames(archetype, typescript));
  return exportsOf(
    from,
    archetypes.map(({ name }) => name),
    types,
  );
}

/** The re-exports of everything that the index of `types` exports, for the packages that users import. */
export function reExports(typesIndex) {
  const names = { values: [], types: [] };
  for (const [, isType, list] of typesIndex.matchAll(/^export (type )?\{([^}]*)\} from/gm)) {
    const found = list.split(",").map((name) => name.trim());
    names[isType === undefined ? "values" : "types"].push(...found.filter((name) => name !== ""));
  }
  for (const [, name] of typesIndex.matchAll(/^export \* as (\w+) from/gm)) names.values.push(name);
  return exportsOf("@rerun-ts/types", names.values, names.types);
}

function exportsOf(from, values, types) {
  const lines = (names) =>
    [...names]
      .sort(compare)
      .map((name) => `  ${name},\n`)
      .join("");
  return `export {\n${lines(values)}} from "${from}";\nexport type {\n${lines(types)}} from "${from}";\n`;
}

function compare(a, b) {
  return a < b ? -1 : 1;
}

/** Puts `text` between the marks of a hand-written file. */
export function replaceMarked(source, text) {
  const begin = source.indexOf(BEGIN);
  const end = source.indexOf(END);
  if (begin < 0 || end < 0) throw new Error(`an index lacks the marks "${BEGIN}" and "${END}"`);
  return `${source.slice(0, begin)}${BEGIN}\n${text}${source.slice(end)}`;
}
