import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The names of importers. The second pattern is the one of earlier versions of Rerun. */
const NAME = /^rerun-(?:importer|loader)-/;
/** The extensions of programs on Windows. */
const WINDOWS_PROGRAM = /\.(?:exe|cmd|bat|com)$/i;

let known: { readonly path: string; readonly programs: readonly string[] } | undefined;

/** The programs in `PATH` that import files. The first of each name counts, as in a shell. */
export function findImporters(): readonly string[] {
  const { PATH: path = "" } = process.env;
  if (known?.path !== path) known = { path, programs: searchPath(path) };
  return known.programs;
}

function searchPath(path: string): readonly string[] {
  const programs = new Map<string, string>();
  for (const folder of new Set(path.split(delimiter))) {
    if (folder === "") continue;
    for (const name of namesIn(folder)) {
      const program = join(folder, name);
      if (NAME.test(name) && !programs.has(name) && isProgram(program)) programs.set(name, program);
    }
  }
  return [...programs.values()];
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A folder in PATH need not exist.
    return [];
  }
}

function isProgram(path: string): boolean {
  if (process.platform === "win32" && !WINDOWS_PROGRAM.test(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
