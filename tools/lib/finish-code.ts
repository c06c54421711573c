import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RolldownOutput } from "rolldown";

const ALL_NAMES = "for (var name in all)";
const OWN_NAMES = "for (var name of Object.keys(all))";
/** An import of a module of Node without its names, which the bundler leaves where it removed their use. */
const UNUSED_IMPORT = /^import "node:[\w/]+";$/gm;
const BEYOND_ASCII = /[^\0-\x7f]/g;

/**
 * Finishes the code of a bundle. The bundler's helper for namespaces passes over names that a program has added to
 * `Object.prototype`: the import of the bundle would fail. Modules of Node that the bundle does not use are not loaded.
 * Characters beyond ASCII are escaped: with a single one beyond Latin-1, the engine would keep the whole file in two
 * bytes per character, and take longer to compile it.
 */
export async function finishCode({ output }: RolldownOutput, folder: string): Promise<void> {
  for (const file of output) {
    if (file.type !== "chunk") continue;
    const path = join(folder, file.fileName);
    const code = await readFile(path, "utf8");
    const finished = code.replaceAll(ALL_NAMES, OWN_NAMES).replace(UNUSED_IMPORT, "").replace(BEYOND_ASCII, escaped);
    if (finished !== code) await writeFile(path, finished);
  }
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
