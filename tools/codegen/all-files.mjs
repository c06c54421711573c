import { archetypeFile, archetypesIndex } from "./archetype-files.mjs";
import { componentFile, encodingFile, typesIndex } from "./type-files.mjs";

const FOLDER = "packages/types/src/gen";

/** All files of types: path → content. */
export function typeFiles(definitions) {
  const { archetypes, blueprint, components, encodings, typescript } = definitions;
  const files = new Map();
  const add = (kind, { name, content }) => files.set(`${FOLDER}/${kind}/${name}.ts`, content);
  for (const encoding of encodings) add("encodings", encodingFile(encoding, definitions));
  for (const component of components.values()) add("components", componentFile(component, definitions));
  for (const archetype of archetypes) add("archetypes", archetypeFile(archetype, definitions));
  for (const archetype of blueprint) add("blueprint", archetypeFile(archetype, definitions));
  files.set(`${FOLDER}/encodings/index.ts`, typesIndex(encodings));
  files.set(`${FOLDER}/components/index.ts`, typesIndex([...components.values()]));
  files.set(`${FOLDER}/archetypes/index.ts`, archetypesIndex(archetypes, typescript));
  files.set(`${FOLDER}/blueprint/index.ts`, archetypesIndex(blueprint, typescript));
  return files;
}
