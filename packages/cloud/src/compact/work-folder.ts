import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { DirectoryLock, ioError } from "@rerun-ts/node/parts";

const PREFIX = "rerun-ts-compact-";
const LOCK = "lock";
/** The age at which a folder without a lock counts as left behind. */
const MAX_UNLOCKED_MS = 60_000;

/** A temporary folder of this process. */
export interface WorkFolder {
  readonly path: string;
  /** Removes the folder. */
  release(): Promise<void>;
}

/**
 * Makes a temporary folder in `parent`, and removes the temporary folders of killed programs there.
 *
 * @throws {RerunError} `IO_ERROR` if `parent` cannot be used
 */
export async function makeWorkFolder(parent: string): Promise<WorkFolder> {
  let path: string;
  try {
    await removeLeft(parent);
    path = await mkdtemp(join(parent, PREFIX));
  } catch (error) {
    throw ioError(`cannot use the temporary folder ${parent}`, error, "temporaryFolder");
  }
  const lock = DirectoryLock.tryTake(path, LOCK);
  return {
    path,
    async release() {
      await rm(path, { recursive: true, force: true });
      lock?.release();
    },
  };
}

async function removeLeft(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    try {
      await removeIfLeft(join(parent, name));
    } catch {
      // The folder belongs to another user, or another process was faster.
    }
  }
}

async function removeIfLeft(path: string): Promise<void> {
  // A folder that was just made has no lock yet.
  if (!existsSync(join(path, LOCK)) && Date.now() - (await stat(path)).mtimeMs < MAX_UNLOCKED_MS) return;
  const lock = DirectoryLock.tryTake(path, LOCK);
  if (lock === undefined) return;
  await rm(path, { recursive: true, force: true });
  lock.release();
}
