import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatEntries } from "./format.ts";
import type { Facts } from "./model.ts";

/** The definitions in the repository. */
export function readFacts(root: string): Facts {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(root, `definitions/${name}.json`), "utf8"));
  return {
    archetypes: read("archetypes") as Facts["archetypes"],
    components: read("components") as Facts["components"],
    encodings: read("encodings") as Facts["encodings"],
    views: read("views") as Facts["views"],
  };
}

/** The paths of the files that differ from the facts of a release, with the text that belongs there. */
export function staleDefinitions(root: string, facts: Facts): Map<string, string> {
  const files = Object.entries(facts).map(([name, entries]): [string, string] => [
    `definitions/${name}.json`,
    formatEntries(entries),
  ]);
  return new Map(files.filter(([path, text]) => readFileSync(join(root, path), "utf8") !== text));
}

/** Writes the definitions. Returns the paths of the files that have changed. */
export function writeDefinitions(root: string, facts: Facts): string[] {
  const stale = staleDefinitions(root, facts);
  for (const [path, text] of stale) writeFileSync(join(root, path), text);
  return [...stale.keys()];
}
