/** The folder of a package, or of tests of the whole that are quick. */
const FOLDER = /^(?:packages\/[^/]+|tests\/(?:api|tools))\//;

/** The folders of the unit tests about changed files: those of their packages, and of tools. */
export function quickTestFolders(files: readonly string[]): readonly string[] {
  const folders = files.map((file) => (file.startsWith("tools/") ? "tests/tools/" : FOLDER.exec(file)?.[0]));
  return [...new Set(folders.filter((folder) => folder !== undefined))];
}
