import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DirectoryLock } from "@rerun-ts/node/spool";
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
      // The folder belongs to another process, or another process was faster.
    }
  }
}

async function removeIfLeft(path: string): Promise<void> {
  // Without a lock, nothing proves that the folder was left behind: another process may just have made it.
  if (!existsSync(join(path, LOCK))) return;
  const lock = await DirectoryLock.tryTake(path, LOCK);
  await rm(path, { recursive: true, force: true });
  lock.release();
}
