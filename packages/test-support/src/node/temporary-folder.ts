import { closeSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

/** Smaller files are loaded once, and not by each way of reading: that takes half as much time. */
const SMALL_BYTES = 256 * 1024;

/** Options of {@link makeTemporaryFolder}. */
export interface TemporaryFolderOptions {
  /**
   * Returns whether a file is not read back, by its path in the folder, because it is meant to be damaged. Default:
   * none.
   */
  ignore?: (path: string) => boolean;
}

/** A temporary folder, and a function that removes it. */
export interface TemporaryFolder {
  readonly path: string;
  /**
   * Reads back every recording in the folder, and removes the folder. A recording without a footer may end within a
   * message, because its program may have been killed.
   *
   * @throws {Error} if a recording cannot be read as it should
   */
  remove(this: void): Promise<void>;
}

/** Creates a temporary folder for one caller. */
export function makeTemporaryFolder(options?: TemporaryFolderOptions): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), "rerun-ts-"));
  return { path, remove: () => removeTemporaryFolder(path, options) };
}

/** Removes a folder as {@link TemporaryFolder.remove} does. */
export async function removeTemporaryFolder(
  path: string,
  { ignore = () => false }: TemporaryFolderOptions = {},
): Promise<void> {
  try {
    await readFilesBack(path, ignore);
  } finally {
    // Processes that were killed may still be writing.
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Reads back every recording and blueprint below a folder. @throws {Error} with the names of the damaged files */
export async function readFilesBack(folder: string, ignore: (path: string) => boolean = () => false): Promise<void> {
  const problems: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(?:rrd|rbl)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (ignore(name) || !beginsAsRecording(path)) continue;
    // Loaded here, because it needs the built packages.
    const { readBack } = await import("../common/read-back.ts");
    const source = statSync(path).size < SMALL_BYTES ? new Uint8Array(readFileSync(path)) : path;
    await readBack(source, { mayBeCutOff: true }).catch((error: unknown) => problems.push(`${name}: ${String(error)}`));
  }
  if (problems.length > 0) throw new Error(`recordings cannot be read back:\n${problems.join("\n")}`);
}

/** Whether a file has the first bytes of a recording. Files of other programs, which tests protect, do not. */
function beginsAsRecording(path: string): boolean {
  const file = openSync(path, "r");
  const start = Buffer.alloc(4);
  readSync(file, start, 0, 4, 0);
  closeSync(file);
  return start.toString("latin1") === "RRF2";
}
