import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DirectoryLock, firstLock } from "@rerun-ts/node/spool";
import { ioError } from "@rerun-ts/node/files";

const PREFIX = "rerun-ts-compact-";
const LOCK = "lock";

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
  let path = "";
  let lock: DirectoryLock | undefined;
  try {
    await removeLeft(parent);
    path = await mkdtemp(join(parent, PREFIX));
    lock = DirectoryLock.create(path, LOCK);
  } catch (error) {
    // Nobody else removes a folder without a lock.
    if (path !== "") await rm(path, { recursive: true, force: true }).catch(() => undefined);
    throw ioError(`cannot use the temporary folder ${parent}`, error, "temporaryFolder");
  }
  return {
    path,
    async release() {
      await removeFolder(path, lock);
    },
  };
}

async function removeLeft(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    try {
      await removeIfLeft(join(parent, name));
    } catch {
      // The folder belongs to another process, or another process was faster.
    }
  }
}

async function removeIfLeft(path: string): Promise<void> {
  // Without a lock, the folder may be one that another process has just made.
  if (!existsSync(join(path, LOCK)) && (await firstLock(path, LOCK)) !== "left") return;
  await removeFolder(path, await DirectoryLock.tryTake(path, LOCK));
}

/** Removes a folder of this process. The lock with its socket is removed last: others remove what is left with them. */
async function removeFolder(path: string, lock: DirectoryLock | undefined): Promise<void> {
  for (const name of await readdir(path).catch(() => []))
    if (name !== LOCK && !name.startsWith(".")) await rm(join(path, name), { recursive: true, force: true });
  lock?.release();
  // Another process may take the lock to remove the folder, too.
  await rm(path, { recursive: true, force: true, maxRetries: 5 });
}
