import { archetypeFile, archetypesIndex, fieldsFile } from "./archetype-files.ts";
import type { ComponentDefinition, Definitions, GeneratedFile } from "./model.ts";
import { componentFile, encodingFile, typesIndex } from "./type-files.ts";
import { viewFile, viewsIndex } from "./view-files.ts";

const FOLDER = "packages/types/src/gen";
const VIEWS_FOLDER = "packages/blueprint/src/gen";

/**
 * All generated files of the package `types`: path → content.
 * @param components the components that get a file. Default: all
 */
export function typeFiles(
  definitions: Definitions,
  components: readonly ComponentDefinition[] = [...definitions.components.values()],
): Map<string, string> {
  const { archetypes, blueprint, encodings } = definitions;
  const files = new Map<string, string>();
  const add = (folder: string, file: GeneratedFile | undefined): void => {
    if (file !== undefined) files.set(`${FOLDER}/${folder}/${file.name}.ts`, file.content);
  };
  for (const encoding of encodings) add("encodings", encodingFile(encoding, definitions));
  for (const component of components) add("components", componentFile(component, definitions));
  for (const archetype of archetypes) add("fields", fieldsFile(archetype, definitions));
  for (const archetype of archetypes) add("archetypes", archetypeFile(archetype, definitions));
  for (const archetype of blueprint) add("blueprint", archetypeFile(archetype, definitions));
  files.set(`${FOLDER}/encodings.ts`, typesIndex(encodings, "encodings"));
  files.set(`${FOLDER}/components.ts`, typesIndex(components, "components"));
  files.set(`${FOLDER}/archetypes.ts`, archetypesIndex(archetypes, "archetypes", definitions));
  const isType = (name: string): boolean => name.startsWith("type ");
  const isClass = (name: string): boolean => !isType(name);
  files.set(`${FOLDER}/archetype-classes.ts`, archetypesIndex(archetypes, "archetypes", definitions, isClass));
  files.set(`${FOLDER}/archetype-types.ts`, archetypesIndex(archetypes, "archetypes", definitions, isType));
  files.set(`${FOLDER}/blueprint.ts`, archetypesIndex(blueprint, "blueprint", definitions));
  return files;
}

/** All generated files of the package `blueprint`: path → content. */
export function viewFiles(definitions: Definitions): Map<string, string> {
  const { views } = definitions;
  const files = views.map((view) => viewFile(view, definitions));
  return new Map([
    ...files.map(({ name, content }): [string, string] => [`${VIEWS_FOLDER}/${name}.ts`, content]),
    [`${VIEWS_FOLDER}/views.ts`, viewsIndex(views)],
  ]);
}
