import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RolldownOutput } from "rolldown";

const ALL_NAMES = "for (var name in all)";
const OWN_NAMES = "for (var name of Object.keys(all))";

/**
 * Lets the bundler's helper for namespaces pass over names that a program has added to `Object.prototype`: the import
 * of the bundle would fail.
 */
export async function useOwnNames({ output }: RolldownOutput, folder: string): Promise<void> {
  for (const file of output) {
    if (file.type !== "chunk" || !file.code.includes(ALL_NAMES)) continue;
    const path = join(folder, file.fileName);
    await writeFile(path, (await readFile(path, "utf8")).replaceAll(ALL_NAMES, OWN_NAMES));
  }
}
