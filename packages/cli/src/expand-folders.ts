import { readdirSync } from "node:fs";
import { join } from "node:path";
import { RerunError } from "@rerun-ts/core";
import { parsePartName } from "@rerun-ts/node/parts";
import { statOf } from "@rerun-ts/node/files";

/** Whether a path leads to a folder. */
export function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

/** The paths, with each folder replaced by the recordings in it, as {@link recordingsIn} finds them. */
export function expandFolders(paths: readonly string[]): string[] {
  return paths.flatMap((path) => (isFolder(path) ? recordingsIn(path) : [path]));
}

/**
 * The recordings and layouts below a folder, in the order of their names, such as the parts of `saveParts`, without the
 * backups of `rrd migrate`. Prints a notice about unfinished parts.
 *
 * @throws {RerunError} `NOT_FOUND` if there is none
 */
export function recordingsIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const unfinished = files.filter(({ name }) => parsePartName(name)?.kind === "open").length;
  if (unfinished > 0)
    console.error(
      `rerun-ts: ${folder} has ${unfinished} unfinished ${unfinished === 1 ? "part" : "parts"}, which \`rerun-ts seal\` finishes; read without`,
    );
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  const all = new Set(paths);
  // `rerun-ts rrd migrate` keeps the old files beside the new ones.
  const isBackup = (path: string): boolean =>
    all.has(path.replace(/\.backup\.rrd$/, ".rrd")) && path.endsWith(".backup.rrd");
  const found = paths.filter((path) => /\.(?:rrd|rbl)$/.test(path) && !isBackup(path));
  if (found.length === 0) throw new RerunError("NOT_FOUND", `there is no .rrd or .rbl file below ${folder}`);
  return found.sort();
}
