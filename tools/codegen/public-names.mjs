import { typeNames } from "./files.mjs";

const BEGIN = "// generated: archetypes";
const END = "// end of generated";

/** The re-exports of all archetypes and their types, for the index of a package. */
export function publicNames(name, { archetypes, typescript }) {
  const from = name === "types" ? "./gen/archetypes/index.ts" : "@rerun-ts/types";
  const classes = archetypes.map((archetype) => archetype.name);
  const types = archetypes.flatMap((archetype) => [
    ...typeNames(archetype.name, typescript),
    `${archetype.name}Fields`,
  ]);
  const lines = (names) =>
    names
      .sort()
      .map((text) => `  ${text},\n`)
      .join("");
  return `export {\n${lines(classes)}} from "${from}";\nexport type {\n${lines(types)}} from "${from}";\n`;
}

/** Puts `text` between the marks of a hand-written file. */
export function replaceMarked(source, text) {
  const begin = source.indexOf(BEGIN);
  const end = source.indexOf(END);
  if (begin < 0 || end < 0) throw new Error(`an index lacks the marks "${BEGIN}" and "${END}"`);
  return `${source.slice(0, begin)}${BEGIN}\n${text}${source.slice(end)}`;
}
